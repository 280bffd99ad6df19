import type { Log } from '#core/log.ts'
import type { FoundAnywhere, Reader, Scope } from '#core/store/index.ts'
import {
  type AnyDetector,
  createDetection,
  type Detection,
  type Surroundings,
} from '#engines/detect/index.ts'
import { counted, type DetectorDocument, detectors } from '../documents.ts'
import type { StateFiles } from './state-files.ts'

/** A detector that detects. */
export interface Running {
  readonly id: string
  readonly scope: Scope
  /** As it was when it was looked at last. */
  document: DetectorDocument
  readonly detection: Detection
  /** Names its file. */
  readonly name: string
  /** Digests of records whose signals a run before counted: its state may not have seen them. */
  readonly countedBefore: ReadonlySet<string>
  /** Disabled or deleted: it sees what came before that, and the call that did it, at most until then, by the clock that nobody sets. */
  endsAtMs: number | undefined
}

interface Parts {
  readonly read: Pick<Reader, 'findAnywhere' | 'list'>
  readonly files: Pick<StateFiles, 'read'>
  readonly detectors: readonly AnyDetector[]
  readonly surroundingsOf: (scope: Scope) => Surroundings
  readonly elapsedMs: () => number
  readonly log: Log
}

/** All detectors that are enabled, by account. */
export interface RunningDetectors {
  /** Begins with those that are new, and forgets those that are gone or disabled, once they have seen how that came. Answers whether any is new. */
  readonly refresh: () => Promise<boolean>
  readonly of: (account: string) => readonly Running[]
  readonly all: () => readonly Running[]
}

/** The record of a call that another worker answered is here by then. Units: milliseconds. */
const graceMs = 5_000
/** Faults of one detector that are logged; it may have one a record. */
const faultsLoggedMax = 20

export function runningDetectors({
  read,
  files,
  detectors: detecting,
  surroundingsOf,
  elapsedMs,
  log,
}: Parts): RunningDetectors {
  const known = new Map<string, Running>()
  let byAccount: ReadonlyMap<string, readonly Running[]> = new Map()
  const faults = new Map<string, number>()

  function onFault(detector: string, error: unknown): void {
    const times = (faults.get(detector) ?? 0) + 1
    faults.set(detector, times)
    if (times > faultsLoggedMax) return
    const stack = error instanceof Error ? error.stack : String(error)
    log({ level: 'error', event: 'detector-failed', detector, stack })
  }

  async function begin({ account, region, document }: FoundAnywhere<DetectorDocument>): Promise<Running> {
    const scope = { account, region }
    const name = nameOf(document, scope)
    const state = await files.read(name)
    const before = read.list(counted, scope).filter((one) => one.document.detectorId === document.id)
    const detection = createDetection({
      ...{ detectors: detecting, surroundings: surroundingsOf(scope), onFault, state },
    })
    const countedBefore = new Set(before.flatMap((one) => one.document.records))
    return { id: document.id, scope, document, detection, name, countedBefore, endsAtMs: undefined }
  }

  return {
    async refresh() {
      const enabled = read.findAnywhere(detectors, 'enabledAnywhere', 'yes')
      const ids = new Set(enabled.map(({ document }) => document.id))
      for (const [id, running] of known) {
        if (ids.has(id)) continue
        running.endsAtMs ??= elapsedMs() + graceMs
        if (running.endsAtMs <= elapsedMs()) known.delete(id)
      }
      let isNew = false
      for (const found of enabled) {
        const running = known.get(found.document.id)
        if (running) Object.assign(running, { document: found.document, endsAtMs: undefined })
        else known.set(found.document.id, await begin(found))
        isNew ||= !running
      }
      byAccount = Map.groupBy(known.values(), ({ scope }) => scope.account)
      return isNew
    },
    of: (account) => byAccount.get(account) ?? [],
    all: () => [...known.values()],
  }
}

/** Of what can stand in a file's name alone. */
function nameOf({ id }: DetectorDocument, { account, region }: Scope): string {
  return `${account}.${region.replaceAll(/[^a-z0-9-]/g, '_')}.${id}`
}
