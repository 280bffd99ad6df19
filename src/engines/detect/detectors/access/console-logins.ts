import { text, value } from '../../reading/values.ts'
import { accountOf } from '../../findings/api-call.ts'
import type { CloudTrailRecord } from '../../records.ts'

/** How a sign-in to the console ended. Source: CloudTrail User Guide, "AWS Management Console sign-in events". */
export function loginOf({ responseElements }: CloudTrailRecord): 'Success' | 'Failure' | undefined {
  const said = text(responseElements, 'ConsoleLogin')
  return said === 'Success' || said === 'Failure' ? said : undefined
}

/** Users without an MFA device, and root users without. Whoever comes by a role showed a second factor to an identity provider. */
export function isWithoutMfa({ additionalEventData, userIdentity }: CloudTrailRecord): boolean {
  const isOwnPassword = userIdentity?.type === 'IAMUser' || userIdentity?.type === 'Root'
  return isOwnPassword && value(additionalEventData, 'MFAUsed') === 'No'
}

/** The user who signs in, known or not: the name of an unknown one may be a password typed into the wrong field, and is hidden. */
export function loginEntity(record: CloudTrailRecord): string {
  const { userIdentity } = record
  return `${accountOf(record)} ${userIdentity?.userName ?? userIdentity?.type ?? ''}`
}
