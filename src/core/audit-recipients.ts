import { resourceAccount } from './access/condition-context.ts'
import type { AccountId } from './arn.ts'
import type { AuditedCall } from './audit.ts'

/**
 * The accounts whose trails get a record of a call: the caller's, and, of a call that was let in, those of the resources that it
 * acted on (a role of another account that was assumed).
 * Source: CloudTrail User Guide, "sharedEventID". A refused call is nobody's business but its caller's account's: else anyone
 * could fill the trails of others.
 */
export function auditRecipients({
  account,
  access,
  fault,
}: Pick<AuditedCall, 'account' | 'access' | 'fault'>): readonly AccountId[] {
  if (fault || access.length === 0) return [account]
  const recipients = new Set([account])
  for (const one of access) {
    const owner = resourceAccount(one)
    if (owner !== undefined) recipients.add(owner)
  }
  return [...recipients]
}
