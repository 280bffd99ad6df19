import type { Arn } from '#core/arn.ts'
import { guardduty, type GuardDutyCall, on, onAll } from './declare.ts'
import type { DetectorDocument } from './documents.ts'
import { faults } from './faults.ts'
import { newFeatures, shownDataSources, shownFeatures, withFeatures } from './features.ts'
import { detectorArn, findDetector, newId } from './find.ts'
import { requireNoAdministrator, requireUnrelated } from './members/relations.ts'
import { pageOf } from './paging.ts'
import { tagsOf } from './tag-list.ts'

/**
 * Switches threat detection on in the account's Region. There is one detector.
 * Faults: BadRequestException where there is one, or a feature is asked for whose records do not exist here.
 * Source: GuardDuty API Reference, CreateDetector.
 */
export const CreateDetector = guardduty('CreateDetector', {
  access: (_, { Tags }) => onAll('CreateDetector', { requestTags: tagsOf(Tags) }),
  run({ input, call }) {
    if (!call.detectors.hasRoom(1)) throw faults.detectorExists()
    const { nowMs } = call
    const id = newId(call.randomBytes)
    call.detectors.put(id, {
      ...{ arn: detectorArn(call, id), id, status: input.Enable ? 'ENABLED' : 'DISABLED' },
      publishingFrequency: input.FindingPublishingFrequency ?? 'SIX_HOURS',
      features: withFeatures(newFeatures(nowMs), input, nowMs),
      tags: tagsOf(input.Tags),
      ...{ createdAtMs: nowMs, updatedAtMs: nowMs },
    })
    return { DetectorId: id }
  },
})

/** Faults: BadRequestException. Differs: the service role is named and does not exist, as GuardDuty needs none here. */
export const GetDetector = guardduty('GetDetector', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (detector) => [on('GetDetector', detector)],
  run: ({ target: detector, call }) => ({
    CreatedAt: new Date(detector.createdAtMs).toISOString(),
    FindingPublishingFrequency: detector.publishingFrequency,
    ServiceRole: serviceRole(call),
    Status: detector.status,
    UpdatedAt: new Date(detector.updatedAtMs).toISOString(),
    DataSources: shownDataSources(detector),
    Tags: detector.tags,
    Features: shownFeatures(detector),
  }),
})

export const ListDetectors = guardduty('ListDetectors', {
  access: () => onAll('ListDetectors'),
  run({ input, call }) {
    const { items, NextToken } = pageOf(call.detectors.list(), ({ id }) => id, input)
    return { DetectorIds: items.map(({ id }) => id), NextToken }
  },
})

/**
 * Switches a detector off and on, and sets what else of it can be set. While it is off nothing is found; what was remembered is forgotten soon.
 * Faults: BadRequestException, also where an administrator does it in the account's place: all but to switch it on.
 */
export const UpdateDetector = guardduty('UpdateDetector', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (detector) => [on('UpdateDetector', detector)],
  run({ target: detector, input, call }) {
    const { Enable, FindingPublishingFrequency, Features, DataSources } = input
    if (Enable === false || FindingPublishingFrequency || Features || DataSources)
      requireNoAdministrator(call)
    call.detectors.put(detector.id, {
      ...detector,
      ...(Enable !== undefined && { status: Enable ? ('ENABLED' as const) : ('DISABLED' as const) }),
      ...(FindingPublishingFrequency && { publishingFrequency: FindingPublishingFrequency }),
      features: withFeatures(detector.features, input, call.nowMs),
      updatedAtMs: call.nowMs,
    })
    return {}
  },
})

/**
 * Deletes a detector with its findings, filters and lists.
 * Faults: BadRequestException, also while it administers members, or has an administrator.
 */
export const DeleteDetector = guardduty('DeleteDetector', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (detector) => [on('DeleteDetector', detector)],
  run({ target: detector, call }) {
    requireUnrelated(call)
    deleteAllOf(call, detector)
    return {}
  },
})

function deleteAllOf(call: GuardDutyCall, { id }: DetectorDocument): void {
  // There is one detector in a Region: all that is there is its.
  const { findings, filters, lists, destinations, members, invitations } = call
  for (const table of [findings, filters, lists, destinations, members, invitations])
    for (const found of table.list()) table.delete(found.id)
  call.detectors.delete(id)
}

function serviceRole({ partition, account }: GuardDutyCall): Arn {
  return `arn:${partition}:iam::${account}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty` as Arn // Its own form.
}
