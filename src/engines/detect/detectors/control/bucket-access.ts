import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { strangersIn } from '../../reading/policy.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { isDone, ownAccounts } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { openedTo } from './acl-grants.ts'
import {
  blockEvents,
  blockFor,
  blocksEntity,
  noBlocks,
  noteBlocks,
  noteNewBucket,
} from './bucket-access-blocks.ts'

const anonymous = 'Policy:S3/BucketAnonymousAccessGranted'
const authenticated = 'Policy:S3/BucketPublicAccessGranted'
const shared = 'Exfiltration:S3/BucketSharedExternally'

const close = undo(
  'Block public access of the bucket: policies and access control lists that are public have no effect then.',
  'aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
)

/**
 * A bucket is opened: to the internet, to everyone who has an account, or to an account that is none of ours.
 * State: what Block Public Access is known to hold off. Source: S3 User Guide, "The meaning of 'public'"; GuardDuty User Guide,
 * "GuardDuty S3 Protection finding types".
 */
export const bucketAccess = detector({
  name: 'bucket-access',
  source: 'cloudTrail',
  events: [
    ...['s3:PutBucketPolicy', 's3:PutBucketAcl', 's3:CreateBucket'],
    ...[...blockEvents.put, ...blockEvents.delete],
  ],
  finds: {
    [anonymous]: {
      severity: 8,
      title: 'The bucket {bucket} was opened to the internet.',
      description: '{userName} called {api}: everyone can come to the bucket {bucket} without signing in.',
      remediation: close,
    },
    [authenticated]: {
      severity: 8,
      title: 'The bucket {bucket} was opened to all AWS users.',
      description: '{userName} called {api}: whoever has an AWS account can come to the bucket {bucket}.',
      remediation: close,
    },
    [shared]: {
      severity: 7,
      title: 'The bucket {bucket} was opened to a foreign account.',
      description: '{userName} called {api}: the account {foreignAccount} can come to the bucket {bucket}.',
      remediation: undo(
        'Remove the policy, then put one that names your accounts only.',
        'aws s3api delete-bucket-policy --bucket {bucket}',
      ),
    },
  },
  remembers: { entityOf: blocksEntity, fresh: noBlocks },
  see(record, { memory, surroundings }) {
    if (!isDone(record)) return undefined
    const bucket = text(record.requestParameters, 'bucketName') ?? ''
    const { eventName } = record
    if (eventName.endsWith('PublicAccessBlock')) {
      noteBlocks(memory, record)
      return undefined
    }
    if (eventName === 'CreateBucket') noteNewBucket(memory, bucket)
    const block = blockFor(memory, bucket)
    if (eventName !== 'PutBucketPolicy') return block.acls ? undefined : byAcl(record, bucket)
    return block.policies ? undefined : byPolicy(record, bucket, ownAccounts(record, surroundings))
  },
})

function byAcl(record: CloudTrailRecord, bucket: string): Signal | undefined {
  const to = openedTo(record)
  if (to === undefined) return undefined
  return signal(record, to === 'everyone' ? anonymous : authenticated, bucket)
}

function byPolicy(
  record: CloudTrailRecord,
  bucket: string,
  isOwn: (account: string) => boolean,
): Signal | undefined {
  const document =
    value(record.requestParameters, 'bucketPolicy') ?? value(record.requestParameters, 'policy')
  const { everyone, accounts } = strangersIn(document, isOwn)
  if (everyone) return signal(record, anonymous, bucket)
  const [foreignAccount] = accounts
  return foreignAccount === undefined ? undefined : signal(record, shared, bucket, { foreignAccount })
}

function signal(record: CloudTrailRecord, type: string, bucket: string, more = {}): Signal {
  const values = { bucket, ...more }
  return apiCallSignal(record, { type, about: bucket, values, resource: bucketResource(record, bucket) })
}
