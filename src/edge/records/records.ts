import type { EdgePart, FrontDoor, TargetGroup } from '#core/front-door.ts'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import type { RemovedPart } from '../doors/index.ts'
import type { Recorder, RequestRecord } from '../record.ts'
import { accessLogEntry, accessLogPath } from './access-log.ts'
import { BalancerMetrics } from './balancer-metrics.ts'
import { BotTraffic } from './bot-traffic.ts'
import { FlowRecords } from './flow-records.ts'
import { GroupLines } from './group-lines.ts'
import { LogFiles } from './log-files.ts'
import { Metrics } from './metrics.ts'
import type { Reports } from './reports.ts'
import { Samples } from './samples.ts'
import { isKept, wafLogLine, wafLogPath } from './waf-log.ts'
import { WebACLMetrics } from './web-acl-metrics.ts'
import { webRecordLine } from './web-record.ts'
import { KnownWebACLs } from './web-acl-rules.ts'

interface Parts {
  readonly world: World
  readonly log: Log
  /** The folder of buckets. */
  readonly buckets: string
  /** Counts from 0; the first one says how many targets are well. */
  readonly worker: number
}

/** Lines of JSON: requests, and flows of connections. */
export interface Observed {
  readonly web: readonly string[]
  readonly flow: readonly string[]
}

/** What becomes of answered requests in one worker: logs to files, samples and metrics for the main thread. */
export interface Records {
  readonly recorder: Recorder
  /** Takes parts of the configuration that changed: hosts are counted by them. */
  readonly configure: (put: readonly EdgePart[], removed: readonly RemovedPart[]) => void
  /** What was gathered since the last take. */
  readonly take: () => Reports
  /** Requests and connections of front doors that are observed, since the last take. */
  readonly takeObserved: () => Observed
  readonly close: () => Promise<void>
}

/** How often hosts are counted. Units: milliseconds. */
const hostsEveryMs = 60_000
/** So many of each kind between two takes are told of; the others are counted. */
const observedMax = 20_000

export function createRecords({ world, log, buckets, worker }: Parts): Records {
  const files = new LogFiles(buckets, world, log)
  const groupLines = new GroupLines(log)
  const node = world.randomBytes(4).toString('hex')
  const samples = new Samples()
  const bots = new BotTraffic()
  const metrics = new Metrics()
  const balancerMetrics = new BalancerMetrics(metrics)
  const webACLMetrics = new WebACLMetrics(metrics)
  const known = new KnownWebACLs()
  const doors = new Map<string, FrontDoor>()
  const groups = new Map<string, TargetGroup>()
  const flows = new FlowRecords()
  let observed: { web: string[]; flow: string[] } = { web: [], flow: [] }
  let lost = 0

  function observe(kind: keyof Observed, lines: readonly string[]): void {
    if (observed[kind].length + lines.length <= observedMax) observed[kind].push(...lines)
    else lost += lines.length
  }

  function request(record: RequestRecord): void {
    try {
      note(record)
    } catch (error) {
      // What is wrong with a record is a bug, and no request's fault.
      log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  function note(record: RequestRecord): void {
    const { frontDoor, judgement, answeredAtMs } = record
    const facts = judgement && known.of(judgement.webACL)
    if (frontDoor.observed === true) {
      flows.request(record)
      observe('web', [webRecordLine(record, facts)])
    }
    const { accessLogs } = frontDoor.attributes
    if (accessLogs)
      files.add(accessLogs, accessLogPath(frontDoor, accessLogs, answeredAtMs, node), accessLogEntry(record))
    for (const delivery of frontDoor.logDeliveries ?? [])
      groupLines.add(delivery.arn, answeredAtMs, accessLogEntry(record, delivery))
    balancerMetrics.request(record)
    if (judgement === undefined || facts === undefined) return
    const { webACL, verdict } = judgement
    const { logging } = webACL
    if (logging && isKept(logging, verdict)) {
      const line = wafLogLine(record, judgement, facts)
      const { place } = logging
      if (place) files.add(place, wafLogPath(webACL, place, answeredAtMs, node), line)
      else groupLines.add(webACL.arn, record.request.receivedAtMs, line)
    }
    samples.add(record, judgement, facts)
    bots.request(record, judgement)
    webACLMetrics.request(record, judgement, facts)
  }

  function countHosts(): void {
    for (const door of doors.values()) {
      const used = new Set(
        door.listeners.flatMap(({ rules }) =>
          rules.flatMap(({ actions }) =>
            actions.flatMap((action) =>
              action.type === 'forward' ? action.targetGroups.map(({ arn }) => arn) : [],
            ),
          ),
        ),
      )
      for (const arn of used) {
        const group = groups.get(arn)
        if (group) balancerMetrics.hosts(door, group, world.nowMs())
      }
    }
  }

  const stopCounting = worker === 0 ? world.every(hostsEveryMs, countHosts) : () => undefined
  return {
    recorder: { request, connection: (record) => observe('flow', flows.connection(record)) },
    configure(put, removed) {
      for (const { kind, id } of removed) {
        if (kind === 'front-door') {
          doors.delete(id)
          flows.remove(id)
        }
        if (kind === 'target-group') groups.delete(id)
      }
      for (const part of put) {
        if (part.kind === 'front-door') {
          doors.set(part.id, part.value)
          flows.put(part.value)
        }
        if (part.kind === 'target-group') groups.set(part.id, part.value)
      }
    },
    take: () => ({
      samples: samples.take(),
      metrics: metrics.take(),
      bots: bots.take(),
      logs: groupLines.take(),
    }),
    takeObserved() {
      if (lost > 0) log({ level: 'warn', event: 'observed-records-lost', count: lost })
      const taken = observed
      observed = { web: [], flow: [] }
      lost = 0
      return taken
    },
    async close() {
      stopCounting()
      await files.close()
    },
  }
}
