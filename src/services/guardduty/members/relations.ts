import type { AccountId } from '#core/arn.ts'
import type { Reader, Scope } from '#core/store/index.ts'
import type { GuardDutyCall } from '../declare.ts'
import { type InvitationDocument, invitations, type MemberDocument, members } from '../documents.ts'
import { faults } from '../faults.ts'

// Who administers whom. Both sides must say so: the administrator's member is enabled, and the member has accepted its invitation.

type Lookup = Pick<Reader, 'get' | 'find'>

/** The account that administers this one in this Region, and its place; undefined where none does. */
export function administratorScope(read: Lookup, scope: Scope): Scope | undefined {
  const [accepted] = read.find(invitations, scope, 'accepted', 'yes')
  if (!accepted) return undefined
  const administrator = { account: accepted.document.administratorId, region: scope.region }
  const member = read.get(members, administrator, scope.account)
  return member && isRelated(member) ? administrator : undefined
}

/** Accepted, whether its detector is on or stopped. */
export function isRelated({ status }: MemberDocument): boolean {
  return status === 'Enabled' || status === 'Disabled'
}

/** Whether one of two accounts administers the other, or both have the same administrator. */
export function areRelated(read: Lookup, scope: Scope, other: string): boolean {
  const elsewhere = { account: other, region: scope.region }
  const above = administratorScope(read, scope)?.account
  const aboveOther = administratorScope(read, elsewhere)?.account
  return above === other || aboveOther === scope.account || (above !== undefined && above === aboveOther)
}

/** The accounts whose findings a caller sees: its own, and those that it administers. */
export function accountsShown(call: GuardDutyCall): readonly AccountId[] {
  return [call.account, ...membersOf(call)]
}

/** Accounts that the call's account administers. */
export function membersOf(call: GuardDutyCall): readonly AccountId[] {
  return call.members
    .list({ where: isRelated })
    .map(({ document }) => document.accountId)
    .filter((account) => acceptedBy(call, account)?.administratorId === call.account)
}

/** The invitation that an account has accepted. */
export function acceptedBy(call: GuardDutyCall, account: AccountId): InvitationDocument | undefined {
  return call.invitations.in(account).find('accepted', 'yes')[0]?.document
}

/** What an administrator does for its members, they do not do themselves. Faults: BadRequestException. */
export function requireNoAdministrator(call: GuardDutyCall): void {
  const { account, region, tx } = call
  if (administratorScope(tx, { account, region })) throw faults.memberMayNot()
}

/** Faults: BadRequestException for an account that administers others, or is administered. */
export function requireUnrelated(call: GuardDutyCall): void {
  requireNoAdministrator(call)
  if (membersOf(call).length > 0) throw faults.hasMembers()
}
