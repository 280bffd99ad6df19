// Half load for `MINUTES=30`, with detection on: memory, open files and latency of each kind of process. The rate is half of what the same clients
// reach without rests. `PLOT=1` draws docs/reliability-soak.svg.
import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { GuardDuty } from '@aws-sdk/client-guardduty'
import { plot, type Series } from '../bench/plot.ts'
import { until } from '../test/clients/edge-rig.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, serverFor, type TestServer } from '../test/server.ts'
import { drill, numberOf } from './drill.ts'
import { mean, percentile, thirds } from './figures.ts'
import { guardedEdge } from './guarded-edge.ts'
import { flags, placeOn } from './place.ts'
import { childrenOf, descriptorsOf, residentOf } from './processes.ts'
import { type Ground, halfOf, mix, type Part, parts, spin } from './soak-mix.ts'

const minutes = numberOf('MINUTES', 30)
const steps = 30
/** Before it counts: caches fill, code is compiled. */
const warmUpSteps = 3
/** Units: milliseconds. How long a step is; how long the highest rate is sought; until an attack is found. */
const [stepMs, fullMs, foundMsMax] = [(minutes * 60_000) / steps, 10_000, 10_000]
/** What counts as flat: the last third is at most so many times the first, and a little. Units: MiB, files, milliseconds. */
const flat = {
  memory: { times: 1.15, more: 16 },
  files: { times: 1.15, more: 8 },
  p50: { times: 1.5, more: 2 },
  p99: { times: 1.5, more: 10 },
} as const
type Measure = keyof typeof flat

/** What was seen of one kind of process within a step. */
interface Seen {
  readonly processes: number
  readonly mebibytes: number
  readonly files: number
  readonly turns: readonly number[]
}
type Step = Readonly<Record<Part, Seen>> & { readonly foundMs: number }

await drill(
  {
    fault: 'half load for a long time',
    promise:
      'Memory, open files and latency are flat in each kind of process: the last third is as the first, with detection on.',
  },
  async (t) => {
    const server = await serverFor(t, { workers: 2, flags })
    const as = administratorOf(server)
    const place = await placeOn(t, server)
    const client = sdk(t, server.url)
    const { ask } = await guardedEdge(t, server, client, as)
    const attack = await attackFor(server)
    t.saw(
      `Two workers, one edge process, an enabled detector; one client of each kind: ${mix.map(({ name }) => name).join(', ')}.`,
    )

    const ground: Ground = { client, place, ask }
    const numbers = { next: 0 }
    const restMs = halfOf(await spin(ground, fullMs, () => 0, numbers))
    const seen: Step[] = []
    for (let at = 0; at < warmUpSteps + steps; at += 1) {
      const foundMs = await attack()
      const turns = await spin(ground, stepMs, restMs, numbers)
      if (at < warmUpSteps) continue
      const of = (part: Part): Seen => ({
        ...look(server, part),
        turns: mix.filter((kind) => kind.of === part).flatMap((kind) => turns.get(kind) ?? []),
      })
      seen.push({ daemon: of('daemon'), edge: of('edge'), functions: of('functions'), foundMs })
    }

    const total = seen
      .flatMap((step) => parts.map((part) => step[part].turns.length))
      .reduce((a, b) => a + b, 0)
    t.saw(`${minutes} min, ${total.toLocaleString('en')} turns of clients, none of which failed.`)
    t.saw(
      `Detection followed: an attack in each of ${warmUpSteps + steps} steps was found and counted once; flows of customers took ${(bytesBelow(join(server.directory, 'telemetry', 'flow')) / 2 ** 20).toFixed(1)} MiB.`,
    )
    assert.ok(bytesBelow(join(server.directory, 'telemetry', 'flow')) > 0, 'flows were recorded')
    const rows = parts.map((part) => [part, figuresOf(seen.map((step) => step[part]))] as const)
    const cell = ([first, last]: Pair, digits: number): string =>
      `${first.toFixed(digits)} → ${last.toFixed(digits)}`
    t.table(
      ['first third → last third', 'processes', 'memory, MiB', 'open files', 'turns', 'p50, ms', 'p99, ms'],
      ...rows.map(([part, { processes, turns, memory, files, p50, p99 }]) => [
        part,
        cell(processes, 1),
        cell(memory, 0),
        cell(files, 0),
        cell(turns, 0),
        cell(p50, 1),
        cell(p99, 1),
      ]),
      ['attack to finding', '', '', '', ...foundCells(seen)],
    )
    if (process.env['PLOT'] !== undefined) {
      draw(seen)
      t.saw('Each step: [reliability-soak.svg](reliability-soak.svg).')
    }
    for (const [part, figures] of rows)
      for (const measure of Object.keys(flat) as Measure[]) {
        const [first, last] = figures[measure]
        const { times, more } = flat[measure]
        assert.ok(
          last <= first * times + more,
          `${part}: ${measure} grew from ${first.toFixed(1)} to ${last.toFixed(1)}`,
        )
      }
  },
)

/** An enabled detector, and something that it finds; the answer does it, and gives after how long it was found. Units: milliseconds. */
async function attackFor(server: TestServer): Promise<() => Promise<number>> {
  const options = {
    region: 'us-east-1',
    endpoint: server.url,
    credentials: { ...administratorOf(server) },
    maxAttempts: 1,
    // A kept connection would be idle for about as long as the server keeps one.
    requestHandler: { httpAgent: { keepAlive: false } },
  }
  const [guardduty, cloudtrail] = [new GuardDuty(options), new CloudTrail(options)]
  const { DetectorId = '' } = await guardduty.createDetector({ Enable: true })
  await cloudtrail.createTrail({ Name: 'soak', S3BucketName: 'soak' })
  const FindingCriteria = { Criterion: { type: { Eq: ['Stealth:IAMUser/CloudTrailLoggingDisabled'] } } }
  const found = async (): Promise<number> => {
    const { FindingIds = [] } = await guardduty.listFindings({ DetectorId, FindingCriteria })
    if (FindingIds.length === 0) return 0
    const { Findings = [] } = await guardduty.getFindings({ DetectorId, FindingIds })
    return Findings.reduce((sum, { Service }) => sum + (Service?.Count ?? 0), 0)
  }
  let times = 0
  return async () => {
    await cloudtrail.stopLogging({ Name: 'soak' })
    times += 1
    return (await until(foundMsMax, found, (count) => count === times)).afterMs
  }
}

/** The processes of one kind, as they are now. */
function look(server: TestServer, part: Part): Omit<Seen, 'turns'> {
  const children = childrenOf(server.pid)
  const isEdge = ({ command }: { readonly command: string }): boolean => /edge\/worker\/main/.test(command)
  const pids = {
    daemon: () => [server.pid],
    edge: () => children.filter(isEdge).map(({ pid }) => pid),
    functions: () => children.filter((child) => !isEdge(child)).map(({ pid }) => pid),
  }[part]()
  const sum = (of: (pid: number) => number): number => pids.reduce((all, pid) => all + of(pid), 0)
  return { processes: pids.length, mebibytes: sum(residentOf) / 2 ** 20, files: sum(descriptorsOf) }
}

type Pair = readonly [first: number, last: number]

function figuresOf(seen: readonly Seen[]): Readonly<Record<Measure | 'processes' | 'turns', Pair>> {
  const [first, last] = thirds(seen)
  const both = (of: (some: readonly Seen[]) => number): Pair => [of(first), of(last)]
  const turnsOf = (some: readonly Seen[]): readonly number[] => some.flatMap(({ turns }) => turns)
  return {
    processes: both((some) => mean(some.map(({ processes }) => processes))),
    memory: both((some) => mean(some.map(({ mebibytes }) => mebibytes))),
    files: both((some) => mean(some.map(({ files }) => files))),
    turns: both((some) => turnsOf(some).length),
    p50: both((some) => percentile(turnsOf(some), 0.5)),
    p99: both((some) => percentile(turnsOf(some), 0.99)),
  }
}

/** Attacks are few: of each third their number, the median and the slowest. */
function foundCells(seen: readonly Step[]): readonly string[] {
  const [first, last] = thirds(seen.map(({ foundMs }) => foundMs))
  const both = (of: (some: readonly number[]) => number): string =>
    `${of(first).toFixed(0)} → ${of(last).toFixed(0)}`
  return [
    both(({ length }) => length),
    both((some) => percentile(some, 0.5)),
    `${both((some) => Math.max(...some))} (slowest)`,
  ]
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
}

function draw(seen: readonly Step[]): void {
  const line = (name: string, of: (step: Step) => number): Series => ({
    name,
    points: seen.map((step, at) => [((at + 1) * minutes) / steps, of(step)]),
  })
  const picture = plot({
    title: `Soak at half load, ${minutes} min`,
    x: { label: 'minutes', scale: 'linear' },
    y: { label: 'MiB, files, ms', scale: 'log' },
    series: parts.flatMap((part) => [
      line(`${part}: memory, MiB`, (step) => step[part].mebibytes),
      line(`${part}: open files`, (step) => step[part].files),
      line(`${part}: p99, ms`, (step) => percentile(step[part].turns, 0.99)),
    ]),
  })
  writeFileSync(join(import.meta.dirname, '../docs/reliability-soak.svg'), picture)
}
