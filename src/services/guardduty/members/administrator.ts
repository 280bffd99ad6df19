import { accountId } from '#core/arn.ts'
import type { Administrator } from '#models/guardduty.d.ts'
import { guardduty, type GuardDutyCall, onAll } from '../declare.ts'
import type { InvitationDocument, MemberDocument } from '../documents.ts'
import { faults } from '../faults.ts'
import { findDetector } from '../find.ts'
import { pageOf } from '../paging.ts'
import { acceptedBy, membersOf } from './relations.ts'

// What an account does with invitations, and with the account that administers it; each twice, as GuardDuty spoke of masters before.

/** Lets an account administer this one. Faults: BadRequestException without its invitation, or for an account that has members itself. */
export const AcceptAdministratorInvitation = guardduty('AcceptAdministratorInvitation', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('AcceptAdministratorInvitation'),
  run({ input: { AdministratorId, InvitationId }, call }) {
    accept(call, AdministratorId, InvitationId)
    return {}
  },
})

/** Faults: as AcceptAdministratorInvitation. */
export const AcceptInvitation = guardduty('AcceptInvitation', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('AcceptInvitation'),
  run({ input: { MasterId, InvitationId }, call }) {
    accept(call, MasterId, InvitationId)
    return {}
  },
})

export const GetAdministratorAccount = guardduty('GetAdministratorAccount', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('GetAdministratorAccount'),
  run: ({ call }) => ({ Administrator: shownAdministrator(call) }),
})

export const GetMasterAccount = guardduty('GetMasterAccount', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('GetMasterAccount'),
  run: ({ call }) => ({ Master: shownAdministrator(call) }),
})

/** Ends the administration of this account. */
export const DisassociateFromAdministratorAccount = guardduty('DisassociateFromAdministratorAccount', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('DisassociateFromAdministratorAccount'),
  run({ call }) {
    leave(call)
    return {}
  },
})

export const DisassociateFromMasterAccount = guardduty('DisassociateFromMasterAccount', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('DisassociateFromMasterAccount'),
  run({ call }) {
    leave(call)
    return {}
  },
})

export const ListInvitations = guardduty('ListInvitations', {
  access: () => onAll('ListInvitations'),
  run({ input, call }) {
    const { items, NextToken } = pageOf(call.invitations.list(), ({ id }) => id, input)
    return { Invitations: items.map(({ document }) => shown(document)), NextToken }
  },
})

export const GetInvitationsCount = guardduty('GetInvitationsCount', {
  access: () => onAll('GetInvitationsCount'),
  run: ({ call }) => ({
    InvitationsCount: call.invitations.list({ where: ({ accepted }) => !accepted }).length,
  }),
})

/** Refuses invitations: the accounts that sent them see it. */
export const DeclineInvitations = guardduty('DeclineInvitations', {
  access: () => onAll('DeclineInvitations'),
  run: ({ input: { AccountIds }, call }) => forget(call, AccountIds),
})

/** Differs: an invitation that is deleted counts as declined. */
export const DeleteInvitations = guardduty('DeleteInvitations', {
  access: () => onAll('DeleteInvitations'),
  run: ({ input: { AccountIds }, call }) => forget(call, AccountIds),
})

function accept(call: GuardDutyCall, administratorId: string, invitationId: string): void {
  const administrator = accountId(administratorId)
  const invitation = administrator && call.invitations.get(administrator)
  if (!administrator || invitation?.invitationId !== invitationId) throw faults.noAdministrator()
  if (membersOf(call).length > 0) throw faults.hasMembers()
  const before = acceptedBy(call, call.account)
  if (before && before.administratorId !== administrator) throw faults.memberMayNot()
  const member = call.members.in(administrator).get(call.account)
  if (member?.invitationId !== invitationId) throw faults.noAdministrator()
  call.invitations.put(administrator, { ...invitation, accepted: true })
  note(call, { ...member, status: 'Enabled' })
}

function leave(call: GuardDutyCall): void {
  const invitation = acceptedBy(call, call.account)
  if (!invitation) throw faults.noAdministrator()
  resign(call, invitation)
}

/** Notes in the administrator's account that this one goes. */
function resign(call: GuardDutyCall, { administratorId, invitationId }: InvitationDocument): void {
  call.invitations.delete(administratorId)
  const member = call.members.in(administratorId).get(call.account)
  if (member?.invitationId === invitationId) note(call, { ...member, status: 'Resigned' })
}

function note(call: GuardDutyCall, member: MemberDocument): void {
  call.members.in(member.administratorId).put(member.accountId, { ...member, updatedAtMs: call.nowMs })
}

function forget(call: GuardDutyCall, ids: readonly string[]) {
  const UnprocessedAccounts = [...new Set(ids)].flatMap((text) => {
    const administrator = accountId(text)
    const invitation = administrator && call.invitations.get(administrator)
    if (!invitation || invitation.accepted)
      return [{ AccountId: text, Result: 'There is no invitation of that account to decline.' }]
    resign(call, invitation)
    return []
  })
  return { UnprocessedAccounts }
}

function shownAdministrator(call: GuardDutyCall): Administrator {
  const invitation = acceptedBy(call, call.account)
  if (!invitation) return {}
  const member = call.members.in(invitation.administratorId).get(call.account)
  return { ...shown(invitation), RelationshipStatus: member?.status ?? 'Removed' }
}

function shown({ administratorId, invitationId, invitedAtMs, accepted }: InvitationDocument) {
  return {
    ...{ AccountId: administratorId, InvitationId: invitationId },
    RelationshipStatus: accepted ? 'Enabled' : 'Invited',
    InvitedAt: new Date(invitedAtMs).toISOString(),
  }
}
