import type { MemberDataSourceConfiguration } from '#models/guardduty.d.ts'
import { guardduty, type GuardDutyCall, onAll } from '../declare.ts'
import type { DetectorDocument, MemberDocument } from '../documents.ts'
import { shownDataSources, shownFeatures, withFeatures } from '../features.ts'
import { findDetector } from '../find.ts'
import { forEach, notAMember } from './members.ts'
import { acceptedBy, isRelated } from './relations.ts'

// What an administrator does with its members' detectors.

const noDetector = 'The request is rejected because the member account has no detector.'

/** Goes on with what StopMonitoringMembers stopped. */
export const StartMonitoringMembers = guardduty('StartMonitoringMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('StartMonitoringMembers'),
  run: ({ input: { AccountIds }, call }) => monitor(call, AccountIds, true),
})

/** Switches members' detectors off, until they are started again. */
export const StopMonitoringMembers = guardduty('StopMonitoringMembers', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('StopMonitoringMembers'),
  run: ({ input: { AccountIds }, call }) => monitor(call, AccountIds, false),
})

export const GetMemberDetectors = guardduty('GetMemberDetectors', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('GetMemberDetectors'),
  run({ input: { AccountIds }, call }) {
    const MemberDataSourceConfigurations: MemberDataSourceConfiguration[] = []
    const { UnprocessedAccounts } = forEach(call, AccountIds, (account, member) => {
      const detector = detectorOf(call, member)
      if (typeof detector === 'string') return detector
      // Of a member's features the model knows those that organizations have.
      const Features = shownFeatures(detector) as MemberDataSourceConfiguration['Features']
      MemberDataSourceConfigurations.push({
        AccountId: account,
        DataSources: shownDataSources(detector),
        Features,
      })
      return undefined
    })
    return { MemberDataSourceConfigurations, UnprocessedAccounts }
  },
})

/** Faults: BadRequestException for a feature whose records do not exist. */
export const UpdateMemberDetectors = guardduty('UpdateMemberDetectors', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('UpdateMemberDetectors'),
  run: ({ input: { AccountIds, Features, DataSources }, call }) =>
    forEach(call, AccountIds, (account, member) => {
      const detector = detectorOf(call, member)
      if (typeof detector === 'string') return detector
      call.detectors.in(account).put(detector.id, {
        ...detector,
        features: withFeatures(detector.features, { Features, DataSources }, call.nowMs),
        updatedAtMs: call.nowMs,
      })
      return undefined
    }),
})

function monitor(call: GuardDutyCall, ids: readonly string[], on: boolean) {
  return forEach(call, ids, (account, member) => {
    const detector = detectorOf(call, member)
    if (typeof detector === 'string' || !member) return typeof detector === 'string' ? detector : notAMember
    const { nowMs } = call
    call.detectors
      .in(account)
      .put(detector.id, { ...detector, status: on ? 'ENABLED' : 'DISABLED', updatedAtMs: nowMs })
    call.members.put(account, { ...member, status: on ? 'Enabled' : 'Disabled', updatedAtMs: nowMs })
    return undefined
  })
}

/** The detector of an account that has accepted to be administered; or why there is none. */
function detectorOf(call: GuardDutyCall, member: MemberDocument | undefined): DetectorDocument | string {
  if (!member || !isRelated(member)) return notAMember
  if (acceptedBy(call, member.accountId)?.administratorId !== call.account) return notAMember
  return call.detectors.in(member.accountId).list()[0]?.document ?? noDetector
}
