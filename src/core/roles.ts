import type { AccountId, Arn } from './arn.ts'
import type { Tags } from './caller.ts'
import type { Reader } from './store/index.ts'

/** A role as whoever hands out its sessions sees it. */
export interface AssumableRole {
  readonly arn: Arn
  readonly account: AccountId
  readonly roleId: string
  readonly roleName: string
  /** The text of the policy that says who may assume it. */
  readonly trustPolicy: string
  readonly tags: Tags
  readonly maxSessionSeconds: number
}

/** What the service that hands out sessions (`services/sts`) asks of the one that keeps roles (`services/iam`). */
export interface AssumableRoles {
  /** The role that has this ARN, path included; undefined where there is none. */
  role(reader: Reader, arn: string): AssumableRole | undefined
  /** Whether a managed policy can be a session policy in an account: one of AWS's own, or one of that account's. */
  hasManagedPolicy(reader: Reader, account: AccountId, arn: string): boolean
}
