import { accountOf } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'

/** The user that a call of IAM is about; absent where it is the caller. */
export function targetUserOf({ requestParameters }: CloudTrailRecord): string | undefined {
  return text(requestParameters, 'userName')
}

/** Whether a call is about another user than the one who made it. Sessions of roles are no users. */
export function isAboutAnother(record: CloudTrailRecord): boolean {
  const target = targetUserOf(record)
  const { userIdentity } = record
  return target !== undefined && !(userIdentity?.type === 'IAMUser' && userIdentity.userName === target)
}

export function targetUserEntity(record: CloudTrailRecord): string {
  return `${accountOf(record)} ${targetUserOf(record) ?? ''}`
}

/** Whoever makes a user gives credentials to it in the same breath; later it is somebody else's. */
export const newUserMs = 3_600_000
