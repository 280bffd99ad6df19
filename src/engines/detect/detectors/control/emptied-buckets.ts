import { detector } from '../../detector.ts'
import { apiCallSignal, principalOf } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isByService, isDone, isFromConsole } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Impact:S3/BucketEmptied'

const windowMs = 600_000

/**
 * All versions of a bucket's objects are listed, and deleted by the thousand: nothing can be brought back. The console's own "Empty" asks for a
 * confirmation first.
 * State: when somebody last listed the versions. Source: S3 API Reference, ListObjectVersions, DeleteObjects.
 */
export const emptiedBuckets = detector({
  name: 'emptied-buckets',
  source: 'cloudTrail',
  events: ['s3:ListObjectVersions', 's3:DeleteObjects'],
  finds: {
    [type]: {
      severity: 6,
      title: 'The bucket {bucket} is emptied, with all versions of its objects.',
      description: '{userName} listed the versions of all objects in {bucket}, and deleted objects in bulk.',
      remediation: undo(
        'Stop the caller, and see what is left.',
        'aws s3api list-object-versions --bucket {bucket} --max-items 20',
      ),
    },
  },
  remembers: { entityOf: bucketEntity, fresh: () => ({ listedAtMs: 0 }) },
  see(record, { atMs, memory }) {
    if (record.eventName === 'ListObjectVersions') {
      memory.listedAtMs = Math.max(memory.listedAtMs, atMs)
      return undefined
    }
    if (Math.abs(atMs - memory.listedAtMs) > windowMs) return undefined
    const bucket = bucketOf(record)
    const resource = bucketResource(record, bucket)
    return apiCallSignal(record, { type, about: bucket, values: { bucket }, resource })
  },
})

function bucketEntity(record: CloudTrailRecord): string | undefined {
  if (!isDone(record) || isFromConsole(record) || isByService(record)) return undefined
  return `${principalOf(record)} ${bucketOf(record)}`
}

function bucketOf({ requestParameters }: CloudTrailRecord): string {
  return text(requestParameters, 'bucketName') ?? ''
}
