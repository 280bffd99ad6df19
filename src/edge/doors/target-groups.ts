import { isOver } from '#core/elapsed.ts'
import type { Target, TargetGroup } from '#core/front-door.ts'

/** A number in [0, 1), unpredictable. */
export type Random = () => number

/** What is counted of a target; it stays when the configuration changes. */
interface Counted {
  outstanding: number
  /** Smooth weighted round robin: how much its turn is due. */
  due: number
}

/** The least share that a target in its slow start gets. */
const shareMin = 0.05

/** A target group's targets, and whose turn it is. */
export class TargetGroups {
  readonly #nowMs: () => number
  readonly #random: Random
  readonly #groups = new Map<string, TargetGroup>()
  readonly #counted = new Map<string, Map<string, Counted>>()

  constructor(nowMs: () => number, random: Random) {
    this.#nowMs = nowMs
    this.#random = random
  }

  get(arn: string): TargetGroup | undefined {
    return this.#groups.get(arn)
  }

  put(group: TargetGroup): void {
    this.#groups.set(group.arn, group)
    const before = this.#counted.get(group.arn)
    this.#counted.set(
      group.arn,
      new Map(
        group.targets.map((target) => {
          const key = keyOf(target)
          return [key, before?.get(key) ?? { outstanding: 0, due: 0 }]
        }),
      ),
    )
  }

  remove(arn: string): void {
    this.#groups.delete(arn)
    this.#counted.delete(arn)
  }

  /** The target of this address and port, unless it is not well or on its way out: it then gets no requests of those who stay with it either. */
  find({ targets }: TargetGroup, key: string): Target | undefined {
    return targets.find(
      (target) => keyOf(target) === key && target.state !== 'unhealthy' && target.state !== 'draining',
    )
  }

  /** The next target by the group's algorithm. Where none is healthy, all get requests, as AWS fails open here. */
  pick(group: TargetGroup, tried: ReadonlySet<Target>): Target | undefined {
    const healthy = group.targets.filter((target) => target.state === 'healthy')
    const able = healthy.length > 0 ? healthy : group.targets.filter(({ state }) => state !== 'draining')
    const left = tried.size === 0 ? able : able.filter((target) => !tried.has(target))
    if (left.length <= 1) return left[0]
    switch (group.algorithm) {
      case 'round_robin':
        return this.#inTurn(group, left)
      case 'least_outstanding_requests':
        return this.#leastBusy(group, left)
      case 'weighted_random':
        return this.#atRandom(group, left)
    }
  }

  /** Counts a request among the target's outstanding ones; the answer ends that. */
  begin(group: TargetGroup, target: Target): () => void {
    const counted = this.#countedOf(group, target)
    counted.outstanding += 1
    let ended = false
    return () => {
      if (ended) return
      ended = true
      counted.outstanding -= 1
    }
  }

  #inTurn(group: TargetGroup, targets: readonly Target[]): Target | undefined {
    let total = 0
    let next: { readonly target: Target; readonly counted: Counted } | undefined
    for (const target of targets) {
      const counted = this.#countedOf(group, target)
      const share = this.#share(group, target)
      total += share
      counted.due += share
      if (next === undefined || counted.due > next.counted.due) next = { target, counted }
    }
    if (next) next.counted.due -= total
    return next?.target
  }

  #leastBusy(group: TargetGroup, targets: readonly Target[]): Target | undefined {
    let least = Infinity
    const busy = (target: Target): number =>
      (this.#countedOf(group, target).outstanding + 1) / this.#share(group, target)
    for (const target of targets) least = Math.min(least, busy(target))
    // Of equals each has its turn.
    return this.#inTurn(
      group,
      targets.filter((target) => busy(target) === least),
    )
  }

  #atRandom(group: TargetGroup, targets: readonly Target[]): Target | undefined {
    const shares = targets.map((target) => this.#share(group, target))
    let left = this.#random() * shares.reduce((sum, share) => sum + share, 0)
    return targets.find((_target, index) => (left -= shares[index] ?? 0) < 0) ?? targets.at(-1)
  }

  /** 1, or less for a target that has become healthy a short while ago. */
  #share({ slowStartSec }: TargetGroup, { healthySinceMs }: Target): number {
    if (healthySinceMs === undefined || isOver(healthySinceMs, this.#nowMs(), slowStartSec * 1000)) return 1
    return Math.min(1, Math.max(shareMin, (this.#nowMs() - healthySinceMs) / (slowStartSec * 1000)))
  }

  #countedOf(group: TargetGroup, target: Target): Counted {
    // A target of a configuration that has been replaced since is counted by itself.
    return this.#counted.get(group.arn)?.get(keyOf(target)) ?? { outstanding: 0, due: 0 }
  }
}

/** How a target is told from others of its group. */
export function keyOf({ address, port }: Target): string {
  return `${address} ${port}`
}
