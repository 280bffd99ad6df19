import { type Arn, arn } from '#core/arn.ts'
import type { BalancerFlow } from '#core/network.ts'
import type { Log } from '#core/log.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { type Store } from '#core/store/index.ts'
import { createLoggedRounds } from '#core/rounds.ts'
import type { World } from '#core/world.ts'
import type { RecordStore, SegmentCursor } from '#telemetry/index.ts'
import { type FlowLog, flowLogs } from '../documents.ts'
import { byId, keptSubnets } from '../network.ts'
import { type DeliveryError, type Line, sendToGroup, writeToBucket } from './delivery.ts'
import { readFormat } from './fields.ts'
import { covers } from './view.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  readonly partition: string
  readonly callAsService: CallAsService
  readonly records: Pick<RecordStore, 'arrivals'>
  /** The folder that has a folder for each bucket. */
  readonly buckets: string
  readonly log: Log
}

/** Delivers what flow logs ask for; one worker has it. */
export interface FlowLogRunner {
  /** Delivers all that there is. A pass under way is not begun twice. */
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Units: milliseconds. */
const everyMs = 60_000
/** Records of one step, and so of one file. Units: bytes. */
const stepBytes = 4 * 1024 * 1024
/**
 * A step all of which could not be delivered for so long is given up. Units: milliseconds. Source: VPC User Guide, "Flow log basics": delivery is
 * at best effort; the number is our own.
 */
const givenUpMs = 24 * 3_600_000

/**
 * Follows the kept flows for each flow log, and delivers about once a minute. How far it has come is in the flow log's document, written
 * once a step is delivered: after a crash a step is delivered again, so that flows may come twice, and none is lost.
 */
export function createFlowLogRunner(parts: Parts): FlowLogRunner {
  const { store, world, partition, callAsService, records, buckets, log } = parts
  const ending = new AbortController()

  async function passNow(): Promise<void> {
    for (const { document } of store.read.everywhere(flowLogs)) await readOn(document)
  }

  async function readOn(flowLog: FlowLog): Promise<void> {
    let { cursor } = flowLog
    for (let more = true; more && !ending.signal.aborted;) {
      const arrived = await records.arrivals('flow', cursor, stepBytes)
      const lines = linesOf(flowLog, arrived.lines)
      const error = lines.length > 0 ? await deliver(flowLog, lines) : undefined
      const isGivenUp = error !== undefined && lines.every(({ endMs }) => world.nowMs() - endMs > givenUpMs)
      if (isGivenUp)
        log({ level: 'error', event: 'flows-not-delivered', flowLog: flowLog.flowLogId, lines: lines.length })
      const reached = error === undefined || isGivenUp ? arrived.cursor : undefined
      await note(flowLog, reached, error, lines.length > 0)
      if (reached === undefined) return
      ;({ cursor, more } = arrived)
    }
  }

  function linesOf(flowLog: FlowLog, texts: readonly string[]): readonly Line[] {
    const { header: _, line } = readFormat(flowLog.format)
    const mark = `"${flowLog.resourceId}"`
    const lines: Line[] = []
    for (const text of texts) {
      if (!text.includes(mark)) continue
      const flow = JSON.parse(text) as Partial<BalancerFlow> // The edge wrote it, or an ingestion, which has no subnets.
      if (!isOwn(flowLog, flow)) continue
      const subnetId = flowLog.resourceType === 'Subnet' ? flowLog.resourceId : (flow.subnetIds[0] ?? '-')
      const { account, region } = flowLog
      const zoneId = byId(store.read, { account, region }, keptSubnets, subnetId)?.zoneId
      const { interfaceId, endMs } = flow
      lines.push({
        text: line({ ...flow, account, region, vpcId: flow.vpcId, subnetId, zoneId }),
        interfaceId,
        endMs,
      })
    }
    return lines
  }

  async function deliver(flowLog: FlowLog, lines: readonly Line[]): Promise<DeliveryError | undefined> {
    if (flowLog.destination.kind === 'group')
      return sendToGroup(callAsService, { flowLog, arn: arnOf(partition, flowLog) }, lines)
    try {
      await writeToBucket(buckets, { flowLog, header: readFormat(flowLog.format).header, lines }, world)
      return undefined
    } catch (error) {
      if (!isSystemError(error)) throw error
      log({
        ...{ level: 'error', event: 'flow-log-not-delivered' },
        ...{ flowLog: flowLog.flowLogId, reason: error.message },
      })
      return error.code === 'EACCES' || error.code === 'EPERM' ? 'Access error' : 'Unknown error'
    }
  }

  /** Writes down how far a flow log has come, and whether its last delivery failed; one that is deleted meanwhile stays so. */
  function note(
    { account, region, flowLogId }: FlowLog,
    cursor: SegmentCursor | undefined,
    error: DeliveryError | undefined,
    tried: boolean,
  ): Promise<void> {
    return store.transact((tx) => {
      const now = tx.get(flowLogs, { account, region }, flowLogId)
      if (!now) return
      const noted = { ...now, cursor: cursor ?? now.cursor, error: tried ? error : now.error }
      if (JSON.stringify(noted) !== JSON.stringify(now))
        tx.put(flowLogs, { account, region }, flowLogId, noted)
    })
  }

  const rounds = createLoggedRounds({ world, log }, everyMs, 'flow-log-not-noted', passNow)

  return {
    pass: rounds.now,
    async close() {
      ending.abort()
      await rounds.close()
    },
  }
}

/** A flow of a load balancer of this account and Region, in what is logged, of the kind of traffic that is. */
function isOwn(flowLog: FlowLog, flow: Partial<BalancerFlow>): flow is BalancerFlow {
  const { accountId, region, vpcId, subnetIds, action } = flow
  if (accountId !== flowLog.account || region !== flowLog.region) return false
  if (vpcId === undefined || subnetIds === undefined || !covers(flowLog, { vpcId, subnetIds })) return false
  return flowLog.trafficType === 'ALL' || flowLog.trafficType === action
}

function arnOf(partition: string, { account, region, flowLogId }: FlowLog): Arn {
  return arn({ partition, service: 'ec2', region, account, resource: `vpc-flow-log/${flowLogId}` })
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
