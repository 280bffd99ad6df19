import type { AccountId, Arn } from './arn.ts'
import type { Tags } from './caller.ts'
import type { Fault } from './fault.ts'

/** What an action is authorized on. A stored document that has an ARN is one. */
export interface Resource {
  readonly arn: Arn
  /** Gives `aws:ResourceTag/…`. */
  readonly tags?: Tags | undefined
  /** The text of the policy attached to the resource itself (a role's trust policy, a key policy), where it decides. */
  readonly resourcePolicy?: ResourcePolicy | undefined
  /** What a denied caller is told in place of the denial, where the denial would tell it what exists. */
  readonly refusal?: Fault | undefined
  /** What a denial names in the place of `arn`: what the caller asked for, where the ARN would tell it what that leads to. */
  readonly deniedAs?: Arn | undefined
}

/** A resource's own policy; `required` where it must allow by itself, as trust and key policies must. */
export interface ResourcePolicy {
  readonly kind: 'resource' | 'trust'
  readonly text: string
  readonly required: boolean
  /**
   * Finds what was granted on the resource beside its policy, as far as it may concern the caller. Asked only where the policies do
   * not allow: a grant takes nothing away, and most uses need none.
   */
  readonly grants?: () => readonly Grant[]
}

/** An allowance beside a resource's policy: a KMS grant, written as a policy of one statement. */
export interface Grant {
  readonly text: string
  /** The account that issued it. In that account it allows by itself, without an identity policy. */
  readonly issuer: AccountId
}

/**
 * A target that does not exist. The caller is authorized on the ARN that it asked for, and only then told `fault`: nobody
 * learns what exists without leave.
 */
export class Missing implements Resource {
  readonly arn: Arn
  readonly fault: Fault
  readonly refusal: Fault | undefined

  constructor(arn: Arn, fault: Fault, { refusal }: Pick<Resource, 'refusal'> = {}) {
    this.arn = arn
    this.fault = fault
    this.refusal = refusal
  }
}

/** What is left of a target once every `Missing` was answered: what `run` receives. */
export type Present<Target> = Target extends Missing
  ? never
  : Target extends Resource
    ? Target
    : { readonly [Part in keyof Target]: Exclude<Target[Part], Missing> }

/** Throws the fault of the first thing that is missing from an authorized target. */
export function assertPresent<Target>(target: Target): asserts target is Target & Present<Target> {
  if (target instanceof Missing) throw target.fault
  if (typeof target !== 'object' || target === null || 'arn' in target) return
  for (const part of Object.values(target)) if (part instanceof Missing) throw part.fault
}
