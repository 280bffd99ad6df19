import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const shortened = 'DefenseEvasion:S3/LogRetentionShortened'
const removed = 'DefenseEvasion:S3/TrailBucketRemoved'

/** Logs that live a week cannot tell of what was done before anybody looked. */
const daysMin = 8

/**
 * A lifecycle rule lets the logs of a trail expire within days; or the bucket goes, or the policy by which the trail may deliver.
 * State: which buckets trails deliver to; where the trail was made before the records begin, the bucket's name tells.
 * Source: S3 API Reference, PutBucketLifecycleConfiguration.
 */
export const trailBuckets = detector({
  name: 'trail-buckets',
  source: 'cloudTrail',
  events: [
    ...['cloudtrail:CreateTrail', 'cloudtrail:UpdateTrail'],
    ...['s3:PutBucketLifecycle', 's3:PutBucketLifecycleConfiguration'],
    ...['s3:DeleteBucket', 's3:DeleteBucketPolicy'],
  ],
  finds: {
    [shortened]: {
      severity: 7,
      title: 'Logs in the bucket {bucket} will expire within days.',
      description: '{userName} put a lifecycle rule on {bucket} that deletes logs after {days} days.',
      remediation: undo(
        'Remove the lifecycle rules before they are applied, then put back those you want.',
        'aws s3api delete-bucket-lifecycle --bucket {bucket}',
      ),
    },
    [removed]: {
      severity: 6,
      title: 'The bucket {bucket}, which a trail delivers to, was removed or closed to it.',
      description: '{userName} called {api} on {bucket}: the trail can deliver no more.',
      remediation: undo(
        'See which trails fail, and give each a bucket again.',
        'aws cloudtrail describe-trails --region {region}',
      ),
    },
  },
  remembers: { entityOf: bucketOf, fresh: () => ({ isOfTrail: false }) },
  see(record, { memory }) {
    if (!isDone(record)) return undefined
    if (record.eventSource.startsWith('cloudtrail')) {
      memory.isOfTrail = true
      return undefined
    }
    const bucket = bucketOf(record) ?? ''
    const said = { about: bucket, resource: bucketResource(record, bucket) }
    if (record.eventName.startsWith('Delete')) {
      if (!memory.isOfTrail) return undefined
      return apiCallSignal(record, { type: removed, ...said, values: { bucket } })
    }
    const days = expirationDays(record)
    if (days === undefined || days >= daysMin) return undefined
    if (!memory.isOfTrail && !/trail|audit/i.test(bucket)) return undefined
    return apiCallSignal(record, { type: shortened, ...said, values: { bucket, days: String(days) } })
  },
})

function bucketOf({ requestParameters }: CloudTrailRecord): string | undefined {
  return text(requestParameters, 's3BucketName') ?? text(requestParameters, 'bucketName')
}

/** Of the rules in force the shortest. */
function expirationDays({ requestParameters }: CloudTrailRecord): number | undefined {
  const rules = value(requestParameters, 'LifecycleConfiguration', 'Rule')
  const days = (Array.isArray(rules) ? rules : [rules])
    .filter((rule) => text(rule, 'Status') === 'Enabled')
    .map((rule) => Number(value(rule, 'Expiration', 'Days') ?? Number.NaN))
    .filter((number) => !Number.isNaN(number))
  return days.length === 0 ? undefined : Math.min(...days)
}
