import { findAccount } from '#core/accounts.ts'
import { type AccountId, accountId } from '#core/arn.ts'
import type { Member, UnprocessedAccount } from '#models/guardduty.d.ts'
import { guardduty, type GuardDutyCall, onAll } from '../declare.ts'
import type { MemberDocument } from '../documents.ts'
import { faults } from '../faults.ts'
import { findDetector, newId } from '../find.ts'
import { pageOf } from '../paging.ts'
import { quotas } from '../quotas.ts'
import { isRelated, requireNoAdministrator } from './relations.ts'

// What an administrator does with the accounts that it administers. Source: GuardDuty User Guide, "Managing accounts by invitation".

/** Does something for each account named; what cannot be done for one is told with it, and stops no other. */
export function forEach(
  call: GuardDutyCall,
  ids: readonly string[],
  act: (account: AccountId, member: MemberDocument | undefined) => string | undefined,
): { readonly UnprocessedAccounts: readonly UnprocessedAccount[] } {
  requireNoAdministrator(call)
  const UnprocessedAccounts = [...new Set(ids)].flatMap((text) => {
    const account = accountId(text)
    const Result = account ? act(account, call.members.get(account)) : 'The account ID is not valid.'
    return Result === undefined ? [] : [{ AccountId: text, Result }]
  })
  return { UnprocessedAccounts }
}

export const notAMember =
  'The request is rejected because the given account is not a member of the current account.'

/** Adds accounts, to be invited. */
export const CreateMembers = guardduty('CreateMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('CreateMembers'),
  run({ input: { AccountDetails }, call }) {
    const emails = new Map(AccountDetails.map(({ AccountId, Email }) => [AccountId, Email]))
    return forEach(call, [...emails.keys()], (account, member) => {
      if (account === call.account) return 'The current account cannot be its own member.'
      if (member && member.status !== 'Removed' && member.status !== 'Resigned')
        return 'The account is a member already.'
      if (!call.members.hasRoom(quotas.members)) throw faults.limit('members', quotas.members)
      call.members.put(account, {
        ...{ accountId: account, administratorId: call.account, email: emails.get(account) ?? '' },
        ...{ status: 'Created', updatedAtMs: call.nowMs },
      })
      return undefined
    })
  },
})

/** Invites accounts of this deployment. Differs: nobody is sent a mail; an invitation shows in ListInvitations. */
export const InviteMembers = guardduty('InviteMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('InviteMembers'),
  run: ({ input: { AccountIds }, call }) =>
    forEach(call, AccountIds, (account, member) => {
      if (!member) return notAMember
      if (isRelated(member)) return 'The account is a member already.'
      if (!findAccount(call.tx, account)) return 'The account does not exist.'
      const invitationId = newId(call.randomBytes)
      const invited = { invitationId, invitedAtMs: call.nowMs }
      call.invitations
        .in(account)
        .put(call.account, { administratorId: call.account, accepted: false, ...invited })
      call.members.put(account, { ...member, ...invited, status: 'Invited', updatedAtMs: call.nowMs })
      return undefined
    }),
})

/** Ends the administration of accounts; they keep their detectors. */
export const DisassociateMembers = guardduty('DisassociateMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('DisassociateMembers'),
  run: ({ input: { AccountIds }, call }) =>
    forEach(call, AccountIds, (account, member) => {
      if (!member) return notAMember
      call.invitations.in(account).delete(call.account)
      call.members.put(account, { ...member, status: 'Removed', updatedAtMs: call.nowMs })
      return undefined
    }),
})

/** Forgets accounts that are not administered. */
export const DeleteMembers = guardduty('DeleteMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('DeleteMembers'),
  run: ({ input: { AccountIds }, call }) =>
    forEach(call, AccountIds, (account, member) => {
      if (!member) return notAMember
      if (isRelated(member)) return 'The account must be disassociated before it is deleted.'
      call.invitations.in(account).delete(call.account)
      call.members.delete(account)
      return undefined
    }),
})

/** Source: GuardDuty API Reference, ListMembers, onlyAssociated: true unless the request says otherwise. */
export const ListMembers = guardduty('ListMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListMembers'),
  run({ input, call }) {
    const associated = input.OnlyAssociated?.toLowerCase() !== 'false'
    const found = call.members.list().filter(({ document }) => !associated || isRelated(document))
    const { items, NextToken } = pageOf(found, ({ id }) => id, input)
    return { Members: items.map(({ document }) => shown(call, document)), NextToken }
  },
})

export const GetMembers = guardduty('GetMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('GetMembers'),
  run({ input: { AccountIds }, call }) {
    const Members: Member[] = []
    const { UnprocessedAccounts } = forEach(call, AccountIds, (_, member) => {
      if (!member) return notAMember
      Members.push(shown(call, member))
      return undefined
    })
    return { Members, UnprocessedAccounts }
  },
})

function shown(call: GuardDutyCall, member: MemberDocument): Member {
  const { accountId: account, administratorId, email, status, invitedAtMs, updatedAtMs } = member
  const detector = isRelated(member) ? call.detectors.in(account).list()[0] : undefined
  return {
    ...{ AccountId: account, MasterId: administratorId, AdministratorId: administratorId, Email: email },
    ...{ RelationshipStatus: status, DetectorId: detector?.id },
    InvitedAt: invitedAtMs === undefined ? undefined : new Date(invitedAtMs).toISOString(),
    UpdatedAt: new Date(updatedAtMs).toISOString(),
  }
}
