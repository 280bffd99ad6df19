import { bucketResource } from '../../findings/resources.ts'
import { accountOfArn } from '../../reading/conditions.ts'
import { text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Impact:S3/BucketEncryptedByForeignKey'

/** What comes into a bucket is encrypted by a key that a stranger can take away. Source: S3 API Reference, PutBucketEncryption. */
export const bucketEncryption = callDetector({
  name: 'bucket-encryption',
  events: ['s3:PutBucketEncryption'],
  finds: {
    [type]: {
      severity: 8,
      title: 'The bucket {bucket} is encrypted by a key of a foreign account.',
      description: '{userName} made {key} the key of the bucket {bucket}.',
      remediation: undo(
        'Encrypt by a key of S3 again.',
        `aws s3api put-bucket-encryption --bucket {bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'`,
      ),
    },
  },
  see(record, isOwn) {
    const rules = value(record.requestParameters, 'ServerSideEncryptionConfiguration', 'Rule')
    const keys = (Array.isArray(rules) ? rules : [rules]).flatMap(
      (rule) => text(rule, 'ApplyServerSideEncryptionByDefault', 'KMSMasterKeyID') ?? [],
    )
    const key = keys.find((one) => {
      const owner = accountOfArn(one)
      return owner !== undefined && !isOwn(owner)
    })
    if (key === undefined) return undefined
    const bucket = text(record.requestParameters, 'bucketName') ?? ''
    return { type, about: bucket, values: { bucket, key }, resource: bucketResource(record, bucket) }
  },
})
