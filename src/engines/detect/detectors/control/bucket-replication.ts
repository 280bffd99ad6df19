import { bucketResource } from '../../findings/resources.ts'
import { text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Exfiltration:S3/ReplicationToForeignAccount'

/** Whatever comes into a bucket is copied to a stranger's. Source: S3 API Reference, PutBucketReplication, Destination. */
export const bucketReplication = callDetector({
  name: 'bucket-replication',
  events: ['s3:PutBucketReplication'],
  finds: {
    [type]: {
      severity: 7,
      title: 'The bucket {bucket} is replicated to a foreign account.',
      description:
        '{userName} lets the bucket {bucket} be copied to {destination} of the account {foreignAccount}.',
      remediation: undo('Stop the replication.', 'aws s3api delete-bucket-replication --bucket {bucket}'),
    },
  },
  see(record, isOwn) {
    const rules = value(record.requestParameters, 'ReplicationConfiguration', 'Rule')
    const foreign = (Array.isArray(rules) ? rules : [rules]).find((rule) => {
      const account = text(rule, 'Destination', 'Account')
      return account !== undefined && !isOwn(account) && text(rule, 'Status') !== 'Disabled'
    })
    if (foreign === undefined) return undefined
    const bucket = text(record.requestParameters, 'bucketName') ?? ''
    const foreignAccount = text(foreign, 'Destination', 'Account') ?? ''
    const values = { bucket, foreignAccount, destination: text(foreign, 'Destination', 'Bucket') ?? '' }
    return { type, about: bucket, values, resource: bucketResource(record, bucket) }
  },
})
