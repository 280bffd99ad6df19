import { isDue, isOver } from '#core/elapsed.ts'
import type { Log } from '#core/log.ts'
import { CommitFailed, type FoundAnywhere, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import {
  type TargetDocument,
  targetGroups,
  type TargetGroupDocument,
  type TargetHealth,
  targets,
} from './documents.ts'
import { isInUse } from './front-doors.ts'
import { type Probed, probe as probeTarget } from './health-probe.ts'
import { drainMs } from './target-group-attributes.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly log: Log
  /** How a target is asked; a test may answer in its place. */
  readonly probe?: typeof probeTarget
}

/** Checks targets; one worker has it. */
export interface HealthChecker {
  /** Begins the checks that are due, and ends what has drained; answers when these checks have ended. */
  readonly look: () => Promise<void>
  readonly close: () => void
}

/** What is known of a target beside its document: how often in a row its checks passed or failed. */
interface Streak {
  passed: number
  failed: number
  dueAtMs: number
  underWay: boolean
}

/** Units: milliseconds. */
const lookEveryMs = 250
/** Checks at a time, of all accounts together: somewhat more while accounts that had fewer others beside them end theirs. */
const concurrencyMax = 400

/** A check that is due. */
interface Due {
  readonly group: TargetGroupDocument
  readonly found: FoundAnywhere<TargetDocument>
  readonly streak: Streak
}

/**
 * Asks every target of a group that is in use, as often as the group says, and writes what changes. A new target is well after its first
 * check that passes, as AWS has it; a well one after the unhealthy threshold's failures in a row is not any more. Each account has its share of
 * the checks at a time, and one share stays free for whoever comes next: targets that answer nothing hold up those of their own account alone.
 * Source: ELB User Guide for Application Load Balancers, "Health checks for target groups".
 */
export function createHealthChecker({ store, world, log, probe = probeTarget }: Parts): HealthChecker {
  const streaks = new Map<string, Streak>()
  /** Checks by account. */
  const underWay = new Map<string, number>()

  async function look(): Promise<void> {
    const nowMs = world.nowMs()
    const seen = new Set<string>()
    const begun: Promise<void>[] = []
    const accounts = new Set<string>()
    const due = new Map<string, Due[]>()
    for (const { document: group } of store.read.findAnywhere(targetGroups, 'everywhere', 'all')) {
      const used = isInUse(store.read, group.arn)
      for (const found of store.read.findAnywhere(targets, 'targetGroup', group.arn)) {
        seen.add(found.id)
        if (found.document.drainingSinceMs !== undefined) {
          if (isOver(found.document.drainingSinceMs, nowMs, drainMs(group))) begun.push(end(found))
        } else if (used) {
          accounts.add(found.account)
          noteIfDue(due, group, found, nowMs)
        }
      }
    }
    for (const id of streaks.keys()) if (!seen.has(id)) streaks.delete(id)
    const share = Math.max(Math.floor(concurrencyMax / (accounts.size + 1)), 1)
    for (const [account, waiting] of due)
      for (const one of longestWaiting(waiting, share - (underWay.get(account) ?? 0)))
        begun.push(check(one, nowMs))
    await Promise.all(begun)
  }

  function noteIfDue(
    due: Map<string, Due[]>,
    group: TargetGroupDocument,
    found: FoundAnywhere<TargetDocument>,
    nowMs: number,
  ): void {
    let streak = streaks.get(found.id)
    if (streak === undefined) {
      streak = { passed: 0, failed: 0, dueAtMs: nowMs, underWay: false }
      streaks.set(found.id, streak)
    }
    if (streak.underWay || !isDue(streak.dueAtMs, nowMs, intervalMs(group))) return
    const waiting = due.get(found.account)
    const one = { group, found, streak }
    if (waiting) waiting.push(one)
    else due.set(found.account, [one])
  }

  async function check({ group, found, streak }: Due, nowMs: number): Promise<void> {
    const { healthCheck, arn } = group
    const { account } = found
    streak.dueAtMs = nowMs + intervalMs(group)
    streak.underWay = true
    underWay.set(account, (underWay.get(account) ?? 0) + 1)
    await guarded(async () => {
      const probed = await probe(healthCheck, found.document)
      streak.passed = probed.ok ? streak.passed + 1 : 0
      streak.failed = probed.ok ? 0 : streak.failed + 1
      const after = judged(found.document.health, probed, streak, healthCheck, world.nowMs())
      if (after === undefined) return
      await write(found, (target) => ({ ...target, health: after }))
      log({
        level: after.state === 'healthy' ? 'info' : 'warn',
        event: 'target-health',
        targetGroup: arn,
        target: `${found.document.address} ${found.document.port}`,
        state: after.state,
        reason: after.reason,
      })
    })
    streak.underWay = false
    const left = (underWay.get(account) ?? 0) - 1
    if (left > 0) underWay.set(account, left)
    else underWay.delete(account)
  }

  function end(found: FoundAnywhere<TargetDocument>): Promise<void> {
    return guarded(() => write(found, () => undefined))
  }

  /** Never rejects: nobody waits for a look that the clock began. */
  async function guarded(task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      // A full disk: the next look writes it. Anything else is a bug.
      if (error instanceof CommitFailed) return
      log({ level: 'error', event: 'bug', stack: error instanceof Error ? error.stack : String(error) })
    }
  }

  /** Changes a target that is as it was seen; one that was registered anew meanwhile stays. */
  function write(
    { account, region, id, document: seen }: FoundAnywhere<TargetDocument>,
    change: (target: TargetDocument) => TargetDocument | undefined,
  ): Promise<void> {
    const scope = { account, region }
    return store.transact((tx) => {
      const target = tx.get(targets, scope, id)
      if (target === undefined) return
      if (target.registeredAtMs !== seen.registeredAtMs || target.drainingSinceMs !== seen.drainingSinceMs)
        return
      const after = change(target)
      if (after === undefined) tx.delete(targets, scope, id)
      else tx.put(targets, scope, id, after)
    })
  }

  const close = world.every(lookEveryMs, () => void look())
  return { look, close }
}

/** Units: milliseconds. */
function intervalMs({ healthCheck }: TargetGroupDocument): number {
  return healthCheck.intervalSec * 1000
}

/** So many of those that are due: those that have waited longest, so that no group of an account waits for another one for good. */
function longestWaiting(due: readonly Due[], count: number): readonly Due[] {
  if (due.length <= count) return due
  return due.toSorted((one, other) => one.streak.dueAtMs - other.streak.dueAtMs).slice(0, Math.max(count, 0))
}

/** What a target's health is after a check; `undefined`: as before. */
function judged(
  before: TargetHealth,
  probed: Probed,
  { passed, failed }: Streak,
  { healthyThreshold, unhealthyThreshold }: TargetGroupDocument['healthCheck'],
  sinceMs: number,
): TargetHealth | undefined {
  if (probed.ok) {
    const enough = before.state === 'initial' ? 1 : healthyThreshold
    return before.state !== 'healthy' && passed >= enough ? { state: 'healthy', sinceMs } : undefined
  }
  const { reason, description } = probed
  if (before.state === 'unhealthy')
    return before.reason === reason && before.description === description
      ? undefined
      : { ...before, reason, description }
  return failed >= unhealthyThreshold ? { state: 'unhealthy', reason, description, sinceMs } : undefined
}
