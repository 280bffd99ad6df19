import { accountOf } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { blockEvents, isBlocked } from './bucket-access-blocks.ts'

const ofAccount = 'Policy:S3/AccountBlockPublicAccessDisabled'
const ofBucket = 'Policy:S3/BucketBlockPublicAccessDisabled'

const all = 'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true'
const parts = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']

/** Block Public Access is switched off, wholly or in part. Source: GuardDuty User Guide, "GuardDuty S3 Protection finding types". */
export const blockPublicAccess = callDetector({
  name: 'block-public-access',
  events: [...blockEvents.put, ...blockEvents.delete],
  finds: {
    [ofAccount]: {
      severity: 2,
      title: 'Block Public Access was disabled for the account {accountId}.',
      description: '{userName} called {api} for the account {accountId}.',
      remediation: undo(
        'Block public access of all buckets again.',
        `aws s3control put-public-access-block --account-id {accountId} --public-access-block-configuration ${all}`,
      ),
    },
    [ofBucket]: {
      severity: 2,
      title: 'Block Public Access was disabled for the bucket {bucket}.',
      description: '{userName} called {api} for the bucket {bucket}.',
      remediation: undo(
        'Block public access of the bucket again.',
        `aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration ${all}`,
      ),
    },
  },
  see(record) {
    if (parts.every((part) => isBlocked(record, part))) return undefined
    const bucket = text(record.requestParameters, 'bucketName')
    if (bucket === undefined) return { type: ofAccount, about: accountOf(record) }
    return { type: ofBucket, about: bucket, values: { bucket }, resource: bucketResource(record, bucket) }
  },
})
