import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { AccountId } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { listSegments } from '../retention.ts'
import { segmentPlace } from '../segment-file.ts'
import { dayOf, segmentFile, type SegmentName } from '../segment-name.ts'
import type { JobAnswer, QueryLimits, Question } from './job.ts'
import { columnFile, type Converted, readManifest, sumOf, sync, writeManifest } from './manifest.ts'
import { createResults, type Results } from './results.ts'
import { cancelled } from './limits.ts'
import { runJob, type RunningJob } from './run-job.ts'

interface Options {
  /** The data directory. */
  readonly directory: string
  /** Where the trail's segments are now; all that was recorded is in them. */
  readonly segments: () => Promise<string>
  readonly world: Pick<World, 'nowMs' | 'after'>
  readonly log: Log
}

/** Audit records as tables of SQL, one account's at a time. */
export interface Lake {
  /** Says why a statement could not run, before it is to run. */
  readonly check: (question: Question) => Promise<JobAnswer | { readonly kind: 'busy' }>
  /** Runs a statement over an account's records, in a process of its own that can read no other's. */
  readonly query: (
    account: AccountId,
    question: Question,
    limits: QueryLimits & { readonly timeMs: number },
  ) => RunningJob
  readonly results: Results
  /** Brings segments that are closed into columns; it is done before each query too. */
  readonly convert: () => Promise<void>
  /** Ends what is being brought into columns; it begins anew when it is asked for again. */
  readonly stopConverting: () => void
  /** Removes columns that nobody wants any more: those from before `notBeforeMs`, and of accounts that want none once the trail has let go of them. */
  readonly sweep: (notBeforeMs: (account: string) => number | undefined) => Promise<void>
}

/** Segments that one conversion takes: in the engine's memory they are several times as large. */
const batch = { segmentsMax: 16, bytesMax: 32 * 1024 * 1024 }
const times = { checkMs: 15_000, convertMs: 300_000 }
const answerBytesMax = 64 * 1024
/** Statements that are checked at a time, and that wait for it. */
const checks = { underWay: 2, waiting: 20 }

/** Source of the layout: docs/services/cloudtrail-lake.md, "How queries are kept apart". */
export function createLake({ directory, segments, world, log }: Options): Lake {
  const root = join(directory, 'telemetry', 'lake')
  let changing: Promise<void> = Promise.resolve()
  let stopConversion: (() => void) | undefined
  let checking = 0
  const waiting: (() => void)[] = []

  /** What changes the manifest, one after another. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    const done = changing.catch(() => undefined).then(task)
    changing = done
    return done
  }

  const convert = (): Promise<void> => inTurn(convertAll)

  async function convertAll(): Promise<void> {
    const from = await segments()
    const folder = join(root, basename(from))
    await removeOthers(root, basename(from))
    for (;;) {
      const all = await readManifest(folder)
      const known = new Set(all.flatMap((one) => one.segments))
      const closed = closedOf(await listSegments(from), world.nowMs()).filter(
        (name) => !known.has(segmentFile(name)),
      )
      const next = await batchOf(from, closed)
      if (next.length === 0) return
      await writeManifest(folder, [...all, await convertBatch(from, folder, next)])
    }
  }

  async function convertBatch(
    from: string,
    folder: string,
    names: readonly SegmentName[],
  ): Promise<Converted> {
    const files = names.map(segmentFile)
    const name = (files[0] ?? '').replace(/(?:\.summed)?\.jsonl$/, '')
    const staging = join(folder, 'staging')
    await rm(staging, { recursive: true, force: true })
    const places = await Promise.all(names.map((one) => segmentPlace(from, one)))
    const paths = places.map(({ path }) => path)
    await toColumns(paths, join(staging, name), name)
    const sums = await publish(join(staging, name), folder, name)
    return { name, day: names[0]?.day ?? '', segments: files, accounts: Object.keys(sums), sums }
  }

  /** A line that a failing disk spoilt must not keep all others from everyone: it is left out, and the operator told. */
  async function toColumns(paths: readonly string[], folder: string, name: string): Promise<void> {
    for (const lenient of [false, true]) {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const job = { kind: 'convert', segments: paths, folder, lenient } as const
      const running = runJob(job, { timeMs: times.convertMs, answerBytesMax }, world)
      stopConversion = running.cancel
      const answer = await running.ends
      if (answer.kind === 'done') return
      if (answer.kind === 'failed' && answer.reason === cancelled) break
      log({ level: 'error', event: 'records-not-converted', segment: name, reason: answer.reason })
    }
    throw new Error(`${name} was not converted`)
  }

  return {
    results: createResults(directory),
    convert,
    stopConverting: () => stopConversion?.(),
    async check(question) {
      if (waiting.length >= checks.waiting) return { kind: 'busy' }
      // Whoever ends hands its place on.
      if (checking >= checks.underWay) await new Promise<void>((resolve) => waiting.push(resolve))
      else checking += 1
      try {
        return await runJob({ kind: 'check', ...question }, { timeMs: times.checkMs, answerBytesMax }, world)
          .ends
      } finally {
        const next = waiting.shift()
        if (next) next()
        else checking -= 1
      }
    },
    query(account, question, { timeMs, ...limits }) {
      let running: RunningJob | undefined
      let isCancelled = false
      async function run(): Promise<JobAnswer> {
        await convert()
        const records = await recordsOf(account, question)
        if (isCancelled) return { kind: 'failed', reason: cancelled }
        const job = { kind: 'query', ...question, account, ...records, limits } as const
        running = runJob(job, { timeMs, answerBytesMax: limits.bytesMax * 4 + answerBytesMax }, world)
        return running.ends
      }
      async function runWhole(): Promise<JobAnswer> {
        const answer = await run()
        const damaged = (answer.kind === 'done' && answer.damaged) || []
        return (await letGo(damaged.map(({ file }) => file))) ? run() : answer
      }
      return {
        ends: runWhole(),
        cancel() {
          isCancelled = true
          running?.cancel()
        },
      }
    },
    sweep: (notBeforeMs) => inTurn(() => sweepNow(notBeforeMs)),
  }

  async function sweepNow(notBeforeMs: (account: string) => number | undefined): Promise<void> {
    const from = await segments()
    const folder = join(root, basename(from))
    const present = new Set((await listSegments(from)).map(segmentFile))
    const kept: Converted[] = []
    const gone: string[] = []
    for (const one of await readManifest(folder)) {
      const inTrail = one.segments.some((file) => present.has(file))
      const accounts = one.accounts.filter((account) => {
        const since = notBeforeMs(account)
        // A data store that is made tomorrow shows what the trail still has.
        const isWanted = inTrail || (since !== undefined && one.day >= dayOf(since))
        if (!isWanted) gone.push(columnFile(folder, account, one).path)
        return isWanted
      })
      if (accounts.length > 0 || inTrail) kept.push({ ...one, accounts })
    }
    if (gone.length === 0) return
    await writeManifest(folder, kept)
    for (const file of gone) await rm(file, { force: true })
  }

  /** Forgets columns that are damaged where the trail has their segments still, which are then converted again. Answers whether it did. */
  async function letGo(damaged: readonly string[]): Promise<boolean> {
    if (damaged.length === 0) return false
    let isAny = false
    await inTurn(async () => {
      const from = await segments()
      const folder = join(root, basename(from))
      const present = new Set((await listSegments(from)).map(segmentFile))
      const all = await readManifest(folder)
      const kept = all.filter(
        (one) =>
          !one.accounts.some((account) => damaged.includes(columnFile(folder, account, one).path)) ||
          !one.segments.every((file) => present.has(file)),
      )
      isAny = kept.length < all.length
      if (isAny) await writeManifest(folder, kept)
    })
    return isAny
  }

  /** The account's files, and the segments that no file has yet. */
  async function recordsOf(account: AccountId, { views }: Question) {
    const from = await segments()
    const folder = join(root, basename(from))
    const all = await readManifest(folder)
    const known = new Set(all.flatMap((one) => one.segments))
    const names = await listSegments(from)
    const firstDay = dayOf(Math.max(0, Math.min(...views.map((view) => view.notBeforeMs))))
    const files = all.filter((one) => one.day >= firstDay && one.accounts.includes(account))
    return {
      folder: join(folder, account),
      files: files.map((one) => columnFile(folder, account, one)),
      growing: names
        .map(segmentFile)
        .filter((file) => !known.has(file))
        .map((file) => join(from, file)),
    }
  }
}

/** Segments that nobody appends to any more: a worker has a newer one, or the day is over. */
function closedOf(names: readonly SegmentName[], nowMs: number): readonly SegmentName[] {
  const newest = new Map(names.map((name) => [name.worker, name]))
  const yesterday = dayOf(nowMs - 86_400_000)
  return names.filter((name) => newest.get(name.worker) !== name || name.day < yesterday)
}

/** The first of the segments, of one day, that one conversion takes together. */
async function batchOf(folder: string, names: readonly SegmentName[]): Promise<readonly SegmentName[]> {
  const taken: SegmentName[] = []
  let bytes = 0
  for (const name of names) {
    if (taken.length >= batch.segmentsMax || (taken[0] && taken[0].day !== name.day)) break
    bytes += (await segmentPlace(folder, name)).bytesMax
    if (taken.length > 0 && bytes > batch.bytesMax) break
    taken.push(name)
  }
  return taken
}

/** Moves what a conversion wrote to where the accounts' files are, onto the disk. Answers their sums, by account. */
async function publish(written: string, folder: string, name: string): Promise<Record<string, string>> {
  const sums: Record<string, string> = {}
  for (const file of await readdir(written)) {
    const account = /^(\d{12})\.parquet$/.exec(file)?.[1]
    if (account === undefined) continue
    await mkdir(join(folder, account), { recursive: true, mode: 0o700 })
    await sync(join(written, file))
    sums[account] = sumOf(join(written, file))
    await rename(join(written, file), columnFile(folder, account, { name }).path)
    await sync(join(folder, account))
  }
  return sums
}

/** After a reset of the trail, what was before it is gone. */
async function removeOthers(root: string, kept: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  for (const name of await readdir(root))
    if (name !== kept && name.startsWith('audit'))
      await rm(join(root, name), { recursive: true, force: true })
}
