import { bucketResource } from '../../findings/resources.ts'
import { text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Stealth:S3/ServerAccessLoggingDisabled'

/** Who reads a bucket is no longer logged. Source: GuardDuty User Guide, "GuardDuty S3 Protection finding types". */
export const serverAccessLogging = callDetector({
  name: 'server-access-logging',
  events: ['s3:PutBucketLogging'],
  finds: {
    [type]: {
      severity: 2,
      title: 'Server access logging of the bucket {bucket} was disabled.',
      description: '{userName} put an empty logging status on the bucket {bucket}.',
      remediation: undo(
        'Log again, into the bucket you keep access logs in.',
        `aws s3api put-bucket-logging --bucket {bucket} --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"LOG-BUCKET","TargetPrefix":"access/"}}'`,
      ),
    },
  },
  see(record) {
    if (value(record.requestParameters, 'BucketLoggingStatus', 'LoggingEnabled') !== undefined)
      return undefined
    const bucket = text(record.requestParameters, 'bucketName') ?? ''
    return { type, about: bucket, values: { bucket }, resource: bucketResource(record, bucket) }
  },
})
