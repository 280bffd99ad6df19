import { parseArn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { DestinationProperties, PublishingStatus } from '#models/guardduty.d.ts'
import { guardduty, type GuardDutyCall, on, onAll, principal } from '../declare.ts'
import { type DestinationDocument, exports } from '../documents.ts'
import { faults } from '../faults.ts'
import { detectorArn, findDetector, newId } from '../find.ts'
import { pageOf } from '../paging.ts'
import { quotas } from '../quotas.ts'
import { tagsOf } from '../tag-list.ts'
import { parseDestination } from './place.ts'

/**
 * Exports new findings and updates to a bucket from now on.
 * Faults: BadRequestException for a second one, a bucket that is none, a key that GuardDuty may not use.
 * Differs: the key is asked for, and the files are not encrypted with it: a bucket is a folder of the data directory.
 * Source: GuardDuty User Guide, "Exporting findings".
 */
export const CreatePublishingDestination = guardduty('CreatePublishingDestination', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (_, { Tags }) => onAll('CreatePublishingDestination', { requestTags: tagsOf(Tags) }),
  prepare: ({ target: detector, input: { DestinationProperties }, call }) =>
    requireUsable(call, detector.arn, DestinationProperties),
  run({ target: detector, input: { DestinationProperties, Tags }, call }) {
    if (call.destinations.count() >= quotas.destinations)
      throw faults.limit('publishing destinations', quotas.destinations)
    const id = newId(call.randomBytes)
    call.destinations.put(id, {
      ...{ arn: detectorArn(call, detector.id, 'publishingdestination', id), id, detectorId: detector.id },
      destinationArn: DestinationProperties.DestinationArn ?? '',
      ...{
        kmsKeyArn: DestinationProperties.KmsKeyArn,
        bucketOwner: DestinationProperties.ExpectedBucketOwner,
      },
      ...{ tags: tagsOf(Tags), createdAtMs: call.nowMs },
    })
    return { DestinationId: id }
  },
})

/** Faults: BadRequestException. */
export const DescribePublishingDestination = guardduty('DescribePublishingDestination', {
  target: ({ DetectorId, DestinationId }, call) => findDestination(call, DetectorId, DestinationId),
  access: (destination) => [on('DescribePublishingDestination', destination)],
  run: ({ target: destination }) => ({
    ...{ DestinationId: destination.id, DestinationType: 'S3' as const, Status: statusOf(destination) },
    PublishingFailureStartTimestamp: destination.failingSinceMs ?? 0,
    DestinationProperties: {
      DestinationArn: destination.destinationArn,
      KmsKeyArn: destination.kmsKeyArn,
      ExpectedBucketOwner: destination.bucketOwner,
    },
    Tags: destination.tags,
  }),
})

export const ListPublishingDestinations = guardduty('ListPublishingDestinations', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListPublishingDestinations'),
  run({ input, call }) {
    const { items, NextToken } = pageOf(call.destinations.list(), ({ id }) => id, input)
    const Destinations = items.map(({ id, document }) => ({
      ...{ DestinationId: id, DestinationType: 'S3' as const, Status: statusOf(document) },
    }))
    return { Destinations, NextToken }
  },
})

/** Faults: as CreatePublishingDestination. */
export const UpdatePublishingDestination = guardduty('UpdatePublishingDestination', {
  target: ({ DetectorId, DestinationId }, call) => findDestination(call, DetectorId, DestinationId),
  access: (destination) => [on('UpdatePublishingDestination', destination)],
  prepare: ({ target, input: { DestinationProperties }, call }) =>
    requireUsable(call, detectorArn(call, target.detectorId), changed(target, DestinationProperties)),
  run({ target, input: { DestinationProperties }, call }) {
    const { DestinationArn, KmsKeyArn, ExpectedBucketOwner } = changed(target, DestinationProperties)
    call.destinations.put(target.id, {
      ...target,
      ...{ destinationArn: DestinationArn ?? '', kmsKeyArn: KmsKeyArn, bucketOwner: ExpectedBucketOwner },
      failingSinceMs: undefined,
    })
    return {}
  },
})

/** What still waits for its export is given up. Faults: BadRequestException. */
export const DeletePublishingDestination = guardduty('DeletePublishingDestination', {
  target: ({ DetectorId, DestinationId }, call) => findDestination(call, DetectorId, DestinationId),
  access: (destination) => [on('DeletePublishingDestination', destination)],
  run({ target: { id }, call }) {
    const scope = { account: call.account, region: call.region }
    for (const found of call.tx.list(exports, scope))
      if (found.document.destinationId === id) call.tx.delete(exports, scope, found.id)
    call.destinations.delete(id)
    return {}
  },
})

function changed(
  { destinationArn, kmsKeyArn, bucketOwner }: DestinationDocument,
  given: DestinationProperties = {},
): DestinationProperties {
  return {
    DestinationArn: given.DestinationArn ?? destinationArn,
    KmsKeyArn: given.KmsKeyArn ?? kmsKeyArn,
    ExpectedBucketOwner: given.ExpectedBucketOwner ?? bucketOwner,
  }
}

/** Asks for a data key as GuardDuty would to write: the key's policy must let it. Faults: BadRequestException. */
async function requireUsable(
  call: GuardDutyCall,
  sourceArn: DestinationDocument['arn'],
  { DestinationArn, KmsKeyArn }: DestinationProperties,
): Promise<void> {
  if (DestinationArn === undefined || !parseDestination(DestinationArn))
    throw faults.publishing('the destination is not the ARN of a bucket.')
  if (KmsKeyArn === undefined) return
  const { account, region } = call
  if (parseArn(KmsKeyArn)?.service !== 'kms') throw faults.publishing('the KMS key is not the ARN of a key.')
  const answer = await call.parts.callAsService({
    ...{ service: 'kms', operation: 'GenerateDataKey', input: { KeyId: KmsKeyArn, KeySpec: 'AES_256' } },
    ...{ account, region, as: { kind: 'service', principal, sourceArn } },
  })
  if (!answer.ok)
    throw faults.publishing('the policy of the KMS key does not let guardduty.amazonaws.com use it.')
}

function statusOf({ failingSinceMs }: DestinationDocument): PublishingStatus {
  return failingSinceMs === undefined ? 'PUBLISHING' : 'UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY'
}

function findDestination(call: GuardDutyCall, detectorId: string, id: string): DestinationDocument | Missing {
  const arn = detectorArn(call, detectorId, 'publishingdestination', id)
  if (!call.detectors.get(detectorId)) return new Missing(arn, faults.noDetector())
  return call.destinations.get(id) ?? new Missing(arn, faults.noResource())
}
