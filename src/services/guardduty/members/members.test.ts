// Goal: an administrator sees and rules what its members have accepted that it should, and nothing of anybody else.
// Method: two accounts of the rig, each with clients of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionArn, here, refusal, rig, there } from '../rig.test.ts'

const wrong = /^BadRequestException/

async function invited(t: Parameters<typeof rig>[0]) {
  const made = await rig(t)
  const { guardduty, elsewhere, detect } = made
  const DetectorId = await detect()
  const theirs = (await elsewhere.createDetector({ Enable: true })).DetectorId ?? ''
  await guardduty.createMembers({
    DetectorId,
    AccountDetails: [{ AccountId: there, Email: 'them@example.com' }],
  })
  await guardduty.inviteMembers({ DetectorId, AccountIds: [there] })
  const { Invitations } = await elsewhere.listInvitations({})
  const InvitationId = Invitations?.[0]?.InvitationId ?? ''
  const accept = () =>
    elsewhere.acceptAdministratorInvitation({ DetectorId: theirs, AdministratorId: here, InvitationId })
  return { ...made, DetectorId, theirs, InvitationId, accept }
}

test('members: nothing is seen before the invitation is accepted, and nothing after it is over', async (t) => {
  const { guardduty, elsewhere, DetectorId, theirs, accept, InvitationId } = await invited(t)
  await elsewhere.createSampleFindings({ DetectorId: theirs })
  const seen = async () => (await guardduty.listFindings({ DetectorId })).FindingIds?.length
  const status = async () => {
    const { Members } = await guardduty.getMembers({ DetectorId, AccountIds: [there] })
    return Members?.[0]?.RelationshipStatus
  }
  assert.deepEqual([await seen(), await status()], [0, 'Invited'])
  const forged = { DetectorId: theirs, AdministratorId: here, InvitationId: '0'.repeat(32) }
  assert.match(await refusal(elsewhere.acceptAdministratorInvitation(forged)), wrong)
  assert.equal((await elsewhere.getInvitationsCount({})).InvitationsCount, 1)
  await accept()
  const own = (await elsewhere.listFindings({ DetectorId: theirs })).FindingIds?.length
  assert.ok(own !== undefined && own > 0)
  assert.deepEqual([await seen(), await status()], [own, 'Enabled'])
  const { Administrator } = await elsewhere.getAdministratorAccount({ DetectorId: theirs })
  assert.deepEqual([Administrator?.AccountId, Administrator?.InvitationId], [here, InvitationId])

  await elsewhere.disassociateFromAdministratorAccount({ DetectorId: theirs })
  assert.deepEqual([await seen(), await status()], [0, 'Resigned'])
  assert.match(await refusal(accept()), wrong, 'an invitation is accepted once')
})

test('members: the administrator rules, the member does not', async (t) => {
  const { guardduty, elsewhere, DetectorId, theirs, accept } = await invited(t)
  const list = { Name: 'x', Format: 'TXT' as const, Location: 's3://lists/x', Activate: true }
  const before = { DetectorId: theirs, ...list, Name: 'before' }
  const { IpSetId } = await elsewhere.createIPSet(before)
  const { ThreatIntelSetId } = await elsewhere.createThreatIntelSet(before)
  const { TrustedEntitySetId } = await elsewhere.createTrustedEntitySet(before)
  const { ThreatEntitySetId } = await elsewhere.createThreatEntitySet(before)
  await accept()
  await elsewhere.createSampleFindings({ DetectorId: theirs })
  const FindingIds = (await elsewhere.listFindings({ DetectorId: theirs, MaxResults: 1 })).FindingIds ?? []
  const FindingCriteria = { Criterion: { accountId: { Eq: [there] } } }
  const Features = [{ Name: 'S3_DATA_EVENTS' as const, Status: 'DISABLED' as const }]
  for (const refused of [
    elsewhere.archiveFindings({ DetectorId: theirs, FindingIds }),
    elsewhere.createFilter({ DetectorId: theirs, Name: 'x', Action: 'ARCHIVE', FindingCriteria }),
    elsewhere.createIPSet({ DetectorId: theirs, ...list }),
    elsewhere.deleteIPSet({ DetectorId: theirs, IpSetId }),
    elsewhere.deleteThreatIntelSet({ DetectorId: theirs, ThreatIntelSetId }),
    elsewhere.deleteTrustedEntitySet({ DetectorId: theirs, TrustedEntitySetId }),
    elsewhere.deleteThreatEntitySet({ DetectorId: theirs, ThreatEntitySetId }),
    elsewhere.updateDetector({ DetectorId: theirs, Enable: false }),
    elsewhere.updateDetector({ DetectorId: theirs, Features }),
    elsewhere.updateDetector({ DetectorId: theirs, DataSources: { S3Logs: { Enable: false } } }),
    elsewhere.deleteDetector({ DetectorId: theirs }),
    elsewhere
      .createMembers({ DetectorId: theirs, AccountDetails: [{ AccountId: here, Email: 'a@example.com' }] })
      .then(() => elsewhere.inviteMembers({ DetectorId: theirs, AccountIds: [here] })),
    guardduty.deleteDetector({ DetectorId }),
  ])
    assert.match(await refusal(refused), wrong)

  await guardduty.archiveFindings({ DetectorId, FindingIds })
  const archived = { Criterion: { 'service.archived': { Eq: ['true'] } } }
  const seen = await elsewhere.listFindings({ DetectorId: theirs, FindingCriteria: archived })
  assert.deepEqual(seen.FindingIds, FindingIds)

  await guardduty.createFilter({ DetectorId, Name: 'theirs', Action: 'ARCHIVE', FindingCriteria })
  await elsewhere.createSampleFindings({ DetectorId: theirs })
  const current = { Criterion: { 'service.archived': { Eq: ['false'] } } }
  assert.deepEqual(
    (await elsewhere.listFindings({ DetectorId: theirs, FindingCriteria: current })).FindingIds,
    [],
  )

  await guardduty.stopMonitoringMembers({ DetectorId, AccountIds: [there] })
  assert.equal((await elsewhere.getDetector({ DetectorId: theirs })).Status, 'DISABLED')
  assert.match(
    await refusal(elsewhere.createIPSet({ DetectorId: theirs, ...list })),
    wrong,
    'stopped, and still a member',
  )
  await guardduty.startMonitoringMembers({ DetectorId, AccountIds: [there] })
  assert.equal((await elsewhere.getDetector({ DetectorId: theirs })).Status, 'ENABLED')

  await guardduty.updateMemberDetectors({ DetectorId, AccountIds: [there], Features })
  const { MemberDataSourceConfigurations } = await guardduty.getMemberDetectors({
    DetectorId,
    AccountIds: [there],
  })
  assert.equal(MemberDataSourceConfigurations?.[0]?.DataSources?.S3Logs?.Status, 'DISABLED')
})

test('members: what cannot be done for an account is told with it', async (t) => {
  const { guardduty, elsewhere, DetectorId, accept } = await invited(t)
  const strange = '999988887777'
  const AccountDetails = [here, there, 'x', strange].map((AccountId) => ({
    AccountId,
    Email: 'a@example.com',
  }))
  const created = await guardduty.createMembers({
    DetectorId,
    AccountDetails: AccountDetails.filter(({ AccountId }) => AccountId !== 'x'),
  })
  assert.deepEqual(
    created.UnprocessedAccounts?.map(({ AccountId }) => AccountId),
    [here, there],
  )
  const { UnprocessedAccounts } = await guardduty.inviteMembers({ DetectorId, AccountIds: [strange] })
  assert.deepEqual(UnprocessedAccounts, [{ AccountId: strange, Result: 'The account does not exist.' }])
  await accept()
  const kept = await guardduty.deleteMembers({ DetectorId, AccountIds: [there] })
  assert.equal(kept.UnprocessedAccounts?.length, 1, 'it is to be disassociated first')
  await guardduty.disassociateMembers({ DetectorId, AccountIds: [there] })
  const gone = await guardduty.deleteMembers({ DetectorId, AccountIds: [there, strange] })
  assert.deepEqual(gone.UnprocessedAccounts, [])
  assert.deepEqual((await guardduty.listMembers({ DetectorId, OnlyAssociated: 'false' })).Members, [])
  assert.deepEqual((await elsewhere.listInvitations({})).Invitations, [])
})

test('members: what is found of a member is told on the bus of its administrator too', async (t) => {
  const { elsewhere, events, lambda, delivered, theirs, accept } = await invited(t)
  await events.putRule({ Name: 'all', EventPattern: '{"source":["aws.guardduty"]}' })
  await events.putTargets({ Rule: 'all', Targets: [{ Id: 'one', Arn: functionArn }] })
  const FindingTypes = ['Stealth:IAMUser/CloudTrailLoggingDisabled']
  await elsewhere.createSampleFindings({ DetectorId: theirs, FindingTypes })
  await delivered()
  assert.deepEqual(lambda.given, [])
  await elsewhere.archiveFindings({
    DetectorId: theirs,
    FindingIds: (await elsewhere.listFindings({ DetectorId: theirs })).FindingIds ?? [],
  })
  await accept()
  await elsewhere.createSampleFindings({ DetectorId: theirs, FindingTypes })
  await delivered()
  assert.deepEqual(
    lambda.given.map(({ account, detail }) => [account, detail['accountId']]),
    [[here, there]],
  )
})
