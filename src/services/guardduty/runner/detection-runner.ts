import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { uuid } from '#core/ids.ts'
import type { Log } from '#core/log.ts'
import { createPasses } from '#core/passes.ts'
import type { PublishServiceEvent } from '#core/service-events.ts'
import { CommitFailed, type Scope, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import {
  type AnyDetector,
  type FindingFacts,
  recordId,
  type Signal,
  type Source,
  type Sources,
  type Surroundings,
} from '#engines/detect/index.ts'
import { counted, detectors as detectorDocuments } from '../documents.ts'
import { isOn } from '../features.ts'
import { takeSignal, tellOfDeleted } from '../findings/aggregate.ts'
import { type Placed, placeRecord } from './concerned.ts'
import type { RecordSource } from './record-source.ts'
import { type Running, runningDetectors } from './running.ts'
import { openStateFiles } from './state-files.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'elapsedMs' | 'randomBytes' | 'every' | 'after'>
  readonly log: Log
  /** The data directory. */
  readonly directory: string
  readonly partition: string
  readonly sources: readonly RecordSource[]
  readonly detectors: readonly AnyDetector[]
  readonly surroundingsOf: (scope: Scope) => Surroundings
  /** `eventSource` of services whose records concern every Region. */
  readonly globalSources: ReadonlySet<string>
  readonly publish: PublishServiceEvent
}

/** Lets records through the detection engine; one worker has it. */
export interface DetectionRunner {
  /** Sees all that there is. A pass under way goes on until that is done. */
  readonly pass: () => Promise<void>
  /** Writes down what is remembered. */
  readonly save: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Of one reading. Units: bytes. */
const readBytes = 1024 * 1024
/** Others have their turn after so long. Units: milliseconds. */
const sliceMs = 5
const linesBetweenLooks = 16
/** What is told of many times a second is looked at once in so long. Units: milliseconds. */
const restMs = 20
const saveEveryMs = 5_000
/** Writing takes at most one part in so many of the time. */
const saveShare = 20
/** A commit that the disk refused is tried again after so long. Units: milliseconds. */
const retryMs = 1_000
/** Signals of one transaction: others wait while it runs. */
const signalsMax = 50
/** While nobody detects, what comes is passed over, and the end looked up once in so long. Units: milliseconds. */
const idleMs = 2_000

/** A signal with whose it is, and the record that it came of. */
interface Heard {
  readonly running: Running
  readonly signal: Signal
  readonly digest: string
}

/**
 * Follows all sources for all enabled detectors, and makes what they say into findings.
 *
 * What a crash leaves: findings are committed before what the detections remember is on disk, together with how far it goes. So a start reads
 * again what came after that, into memories that have lost it, and some of its signals are counted already: each commit of signals keeps the
 * digests of their records beside the findings (`counted`), in the same transaction, until a state that has seen them is on disk. A record of
 * which that holds is remembered again, and not counted again.
 */
export function createDetectionRunner(parts: Parts): DetectionRunner {
  const { store, world, log, partition, sources, globalSources, publish } = parts
  const files = openStateFiles(join(parts.directory, 'telemetry', 'detection'))
  const running = runningDetectors({ ...parts, read: store.read, elapsedMs: world.elapsedMs, files })
  const facts = new Map(parts.detectors.flatMap(({ finds }) => Object.entries(finds)))
  const surroundings = (scope: Scope): Surroundings => parts.surroundingsOf(scope)
  const cursors = new Map<string, unknown>()
  const ending = new AbortController()
  let isBegun = false
  let isDirty = false
  const { pass, idle } = createPasses(passNow, {
    ending: ending.signal,
    onFailure(error) {
      const stack = error instanceof Error ? error.stack : String(error)
      log({ level: 'error', event: isSystemError(error) ? 'records-not-read' : 'bug', stack })
    },
  })
  // By the clock that nobody sets: neither a pass nor a save waits for a clock that was set.
  let nextSaveMs = world.elapsedMs() + saveEveryMs
  let idleUntilMs = -Infinity
  let isScheduled = false
  let isToldMeanwhile = false
  let isSaveAsked = false
  /** Something was seen of which it is not sure that its signals were kept: only what was written down before counts. */
  let isTorn = false
  /** All that the last run left has been read: the digests that it left are of records that were seen again. */
  let hasCaughtUp = false
  /** Ids of what this run counted. */
  const countedNow = new Set<string>()

  async function begin(): Promise<void> {
    if (isBegun) return
    for (const [name, cursor] of Object.entries(await files.readCursors())) cursors.set(name, cursor)
    for (const { name, arrivals } of sources)
      if (!cursors.has(name)) cursors.set(name, (await arrivals(undefined, 0)).cursor)
    isBegun = true
  }

  async function passNow(): Promise<void> {
    await begin()
    // From where a new detector begins is on disk before it sees anything: what a crash keeps it from seeing, it sees then.
    if (await running.refresh()) {
      isDirty = true
      await save()
    }
    if (running.all().length === 0) await passOver()
    else {
      let isWhole = true
      for (const source of sources) isWhole = (await readUnlessDiskFails(source)) && isWhole
      hasCaughtUp ||= isWhole
    }
    if (isSaveAsked || world.elapsedMs() >= nextSaveMs) await save()
  }

  /** Nobody detects: whoever begins to, begins about there. */
  async function passOver(): Promise<void> {
    if (world.elapsedMs() < idleUntilMs) return
    for (const { name, arrivals } of sources) cursors.set(name, (await arrivals(undefined, 0)).cursor)
    idleUntilMs = world.elapsedMs() + idleMs
    isDirty = true
  }

  /** What keeps one source from being read concerns no other. */
  async function readUnlessDiskFails(source: RecordSource): Promise<boolean> {
    try {
      return await readOn(source)
    } catch (error) {
      if (!isSystemError(error)) throw error
      log({ level: 'error', event: 'records-not-read', source: source.name, reason: String(error) })
      return false
    }
  }

  /** Whether it came to the end. */
  async function readOn({ source, name, arrivals }: RecordSource): Promise<boolean> {
    let more = true
    while (more) {
      if (ending.signal.aborted) return false
      const arrived = await arrivals(cursors.get(name), readBytes)
      if (arrived.lines.length > 0) {
        isTorn = true
        if (!(await seeAll(source, name, arrived.lines))) return false
        isTorn = false
        isDirty = true
      }
      cursors.set(name, arrived.cursor)
      ;({ more } = arrived)
      if (world.elapsedMs() >= nextSaveMs) await save()
    }
    return true
  }

  /** Sees lines in slices, and keeps what was said of a slice before the next. False where it ends before. */
  async function seeAll(source: Source, name: string, lines: readonly string[]): Promise<boolean> {
    let heard: Heard[] = []
    let startedMs = world.elapsedMs()
    for (const [at, line] of lines.entries()) {
      see(source, name, line, heard)
      if (at % linesBetweenLooks !== 0 || world.elapsedMs() - startedMs < sliceMs) continue
      if (!(await keep(heard))) return false
      heard = []
      await new Promise(setImmediate)
      startedMs = world.elapsedMs()
    }
    return keep(heard)
  }

  function see(source: Source, name: string, line: string, heard: Heard[]): void {
    const wanted = (account: string): boolean => running.of(account).length > 0
    const placed = placeRecord(source, line, { wanted, globalSources })
    if (!placed) return
    for (const one of running.of(placed.account)) {
      if (placed.region !== undefined && placed.region !== one.scope.region) continue
      if (!isSelected(one, source, placed)) continue
      if (one.endsAtMs !== undefined && one.endsAtMs <= world.elapsedMs()) continue
      const signals = one.detection.see(source, placed.record)
      // A detector that is disabled sees how that came, and nothing after it.
      if (one.endsAtMs !== undefined && endsDetection(source, placed)) one.endsAtMs = -Infinity
      if (signals.length === 0) continue
      const digest = digestOf(name, String(recordId(source, placed.record)))
      if (one.countedBefore.has(digest)) continue
      for (const signal of signals) if (isWanted(one, signal)) heard.push({ running: one, signal, digest })
    }
  }

  /** Commits findings, some at a time; tries again as long as the disk refuses. False where the end comes before. */
  async function keep(heard: readonly Heard[]): Promise<boolean> {
    for (const some of portions(heard)) if (!(await keepSome(some))) return false
    return true
  }

  async function keepSome(heard: readonly Heard[]): Promise<boolean> {
    while (!ending.signal.aborted) {
      try {
        await commit(heard)
        return true
      } catch (error) {
        if (!(error instanceof CommitFailed)) throw error
        log({ level: 'error', event: 'findings-not-kept', reason: String(error) })
        await new Promise<void>((resolve) => void world.after(retryMs, resolve))
      }
    }
    return false
  }

  function commit(heard: readonly Heard[]): Promise<void> {
    const byDetector = Map.groupBy(heard, (one) => one.running)
    return store.transact((tx) => {
      const nowMs = world.nowMs()
      for (const [{ id, scope, document }, said] of byDetector) {
        const detector = tx.get(detectorDocuments, scope, id)
        const { origin } = surroundings(scope)
        const { randomBytes } = world
        const around = { partition, scope, factsOf, origin, publish, nowMs, randomBytes }
        for (const { signal } of said)
          if (detector) takeSignal(tx, signal, { ...around, detector })
          else tellOfDeleted(tx, signal, { ...around, detector: document })
        if (!detector) continue
        const records = [...new Set(said.map(({ digest }) => digest))]
        const countedId = uuid(randomBytes)
        countedNow.add(countedId)
        tx.put(counted, scope, countedId, { detectorId: id, records })
      }
    })
  }

  function factsOf(type: string): FindingFacts | undefined {
    return facts.get(type)
  }

  /** Writes what is remembered, then how far it goes; only then the digests of what it has seen are not needed any more. */
  async function save(): Promise<void> {
    const startedMs = world.elapsedMs()
    nextSaveMs = startedMs + saveEveryMs
    isSaveAsked = false
    if (!isDirty || isTorn) return
    const passed = store.read
      .findAnywhere(counted, 'all', 'all')
      .filter(({ id }) => hasCaughtUp || countedNow.has(id))
    try {
      for (const { name, detection } of running.all()) await files.write(name, detection.state())
      await files.writeCursors(Object.fromEntries(cursors))
      await files.keepOnly(new Set(running.all().map(({ name }) => name)))
      if (passed.length > 0)
        await store.transact((tx) => {
          for (const { account, region, id } of passed) tx.delete(counted, { account, region }, id)
        })
      for (const { id } of passed) countedNow.delete(id)
      isDirty = false
    } catch (error) {
      if (!(error instanceof CommitFailed) && !isSystemError(error)) throw error
      log({ level: 'error', event: 'detection-not-saved', reason: String(error) })
    }
    const endedMs = world.elapsedMs()
    nextSaveMs = endedMs + Math.max(saveEveryMs, saveShare * (endedMs - startedMs))
  }

  /** At once where nothing was under way just now; what comes meanwhile is seen with it. */
  function schedule(): void {
    if (isScheduled || ending.signal.aborted) return
    isScheduled = true
    setImmediate(() => void passAndRest())
  }

  async function passAndRest(): Promise<void> {
    await pass()
    world.after(restMs, () => {
      isScheduled = false
      if (isToldMeanwhile) schedule()
      isToldMeanwhile = false
    })
  }

  const stops = sources.map(({ onArrival }) =>
    onArrival(() => {
      if (isScheduled) isToldMeanwhile = true
      else schedule()
    }),
  )
  const stopSaving = world.every(saveEveryMs, schedule)
  schedule()

  return {
    pass,
    save() {
      isSaveAsked = true
      return pass()
    },
    async close() {
      ending.abort()
      stopSaving()
      for (const stop of stops) stop()
      await idle()
      if (isBegun) await save()
    },
  }
}

/** What one record said stays together: it is counted as a whole, or not at all. */
function* portions(heard: readonly Heard[]): Generator<readonly Heard[], void, undefined> {
  let from = 0
  for (let at = 1; at <= heard.length; at += 1) {
    const isEnd = at === heard.length
    if (!isEnd && (at - from < signalsMax || heard[at]?.digest === heard[at - 1]?.digest)) continue
    yield heard.slice(from, at)
    from = at
  }
}

/** Whether a detector's features let it see a record. */
function isSelected({ document }: Running, source: Source, { record }: Placed): boolean {
  if (source !== 'cloudTrail') return true
  const { eventSource, eventCategory } = record as Sources['cloudTrail'] // Its source says so.
  return eventSource !== 's3.amazonaws.com' || eventCategory !== 'Data' || isOn(document, 'S3_DATA_EVENTS')
}

const ends: ReadonlySet<string> = new Set(['UpdateDetector', 'DeleteDetector', 'StopMonitoringMembers'])

function endsDetection(source: Source, { record }: Placed): boolean {
  if (source !== 'cloudTrail') return false
  const { eventSource, eventName } = record as Sources['cloudTrail'] // Its source says so.
  return eventSource === 'guardduty.amazonaws.com' && ends.has(eventName)
}

function isWanted({ document }: Running, { type }: Signal): boolean {
  return !type.includes(':Lambda/') || isOn(document, 'LAMBDA_NETWORK_LOGS')
}

function digestOf(source: string, record: string): string {
  return createHash('sha256').update(`${source} ${record}`).digest('base64url').slice(0, 22)
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
