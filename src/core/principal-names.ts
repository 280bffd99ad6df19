import type { Reader } from './store/index.ts'

/**
 * How policies and grants keep the principals that they name, asked of the service that keeps identities (`services/iam`): users and
 * roles by their unique ids, so that one who is made anew under the same name is not meant.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", IAM user principals and IAM role principals.
 */
export interface PrincipalNames {
  /** The form under which a principal is kept, or undefined when there is nobody of that name. */
  stored(reader: Reader, partition: string, name: string): string | undefined
  /** The ARN of what is kept under a unique id, or undefined when it is gone. */
  arnOf(reader: Reader, uniqueId: string): string | undefined
}

/** A kept name as answers show it: the ARN for as long as there is one, else the unique id. */
export function shownPrincipal(names: PrincipalNames, reader: Reader, stored: string): string {
  return isUniqueId(stored) ? (names.arnOf(reader, stored) ?? stored) : stored
}

/** Whether a kept name is the unique id of a user or a role. */
export function isUniqueId(name: string): boolean {
  return /^A(?:IDA|ROA)[A-Z0-9]+$/.test(name)
}
