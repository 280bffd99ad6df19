import { isDue } from '#core/elapsed.ts'
import type { Log } from '#core/log.ts'
import type { PublishServiceEvent } from '#core/service-events.ts'
import { type FoundAnywhere, type Store } from '#core/store/index.ts'
import { createLoggedRounds } from '#core/rounds.ts'
import type { World } from '#core/world.ts'
import { detectors, type FindingDocument, findings } from '../documents.ts'
import { findingsKeptMs, quotas } from '../quotas.ts'
import { toldEveryMsMax } from './aggregate.ts'
import { publishFinding } from './publish.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'every' | 'randomBytes'>
  readonly publish: PublishServiceEvent
  readonly log: Log
  /** Findings that a detector keeps. */
  readonly findingsMax?: number
}

/** Tells again of findings that go on, when that is due, and forgets old ones; one worker has it. */
export interface FindingKeeper {
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

const everyMs = 30_000
const sweepEveryMs = 600_000
/** Findings of one transaction. */
const batch = 100

export function createFindingKeeper({
  store,
  world,
  publish,
  log,
  findingsMax = quotas.findings,
}: Parts): FindingKeeper {
  let nextSweepMs = world.nowMs()

  async function passNow(): Promise<void> {
    const nowMs = world.nowMs()
    const due = store.read
      .findAnywhere(findings, 'dueAnywhere', 'yes')
      .filter(({ document: { dueAtMs } }) => dueAtMs !== undefined && isDue(dueAtMs, nowMs, toldEveryMsMax))
    await inBatches(due, (tx, { account, region, id }) => {
      const scope = { account, region }
      const document = tx.get(findings, scope, id)
      if (document?.dueAtMs === undefined || document.archived) return
      publishFinding(tx, scope, document, { publish, nowMs, randomBytes: world.randomBytes })
    })
    if (!isDue(nextSweepMs, nowMs, sweepEveryMs) && !isAnyFull()) return
    nextSweepMs = nowMs + sweepEveryMs
    await inBatches(outlived(nowMs), (tx, { account, region, id }) =>
      tx.delete(findings, { account, region }, id),
    )
  }

  function isAnyFull(): boolean {
    return store.read
      .findAnywhere(detectors, 'allAnywhere', 'all')
      .some(({ account, region }) => store.read.count(findings, { account, region }) > findingsMax)
  }

  /**
   * What was not updated for so long, and what is too much of a detector: what was updated least recently, and of high severity last, so that a flood
   * of small things hides no great one.
   */
  function outlived(nowMs: number): readonly FoundAnywhere<FindingDocument>[] {
    return store.read.findAnywhere(detectors, 'allAnywhere', 'all').flatMap(({ account, region }) => {
      const all = store.read
        .list(findings, { account, region })
        .map((found) => ({ ...found, account, region }))
      const [old, kept] = partition(all, ({ document }) => document.updatedAtMs + findingsKeptMs <= nowMs)
      if (kept.length <= findingsMax) return old
      const ordered = kept.sort(
        (one, other) =>
          Number(isHigh(other.document)) - Number(isHigh(one.document)) ||
          other.document.updatedAtMs - one.document.updatedAtMs,
      )
      return [...old, ...ordered.slice(findingsMax)]
    })
  }

  async function inBatches<Item>(
    items: readonly Item[],
    each: (tx: Parameters<Parameters<Store['transact']>[0]>[0], item: Item) => void,
  ): Promise<void> {
    for (let at = 0; at < items.length; at += batch)
      await store.transact((tx) => {
        for (const item of items.slice(at, at + batch)) each(tx, item)
      })
  }

  const rounds = createLoggedRounds({ world, log }, everyMs, 'findings-not-kept', passNow)

  return {
    pass: rounds.now,
    close: rounds.close,
  }
}

/** Source: GuardDuty User Guide, "Severity levels". */
const high = 7

function isHigh({ finding, archived }: FindingDocument): boolean {
  return !archived && Number(finding['severity']) >= high
}

function partition<Item>(
  items: readonly Item[],
  holds: (item: Item) => boolean,
): [which: Item[], others: Item[]] {
  const { which = [], others = [] } = Object.groupBy(items, (item) => (holds(item) ? 'which' : 'others'))
  return [which, others]
}
