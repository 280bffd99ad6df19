import { accountOf } from '../../findings/api-call.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'

/** What Block Public Access holds off by what stands, not only by what is put. Source: S3 User Guide, "Blocking public access". */
export interface Block {
  /** IgnorePublicAcls. */
  readonly acls: boolean
  /** RestrictPublicBuckets. */
  readonly policies: boolean
}

/** What is known of an account's blocks, and of the last buckets'. */
export interface Blocks {
  account: Block
  buckets: [bucket: string, block: Block][]
}

const bucketsMax = 128
const none: Block = { acls: false, policies: false }

/** The calls that change blocks: bucket by bucket, or for the account. Some records have the names of the API reference. */
export const blockEvents = {
  put: ['s3:PutBucketPublicAccessBlock', 's3:PutPublicAccessBlock', 's3:PutAccountPublicAccessBlock'],
  delete: [
    ...['s3:DeleteBucketPublicAccessBlock', 's3:DeletePublicAccessBlock'],
    's3:DeleteAccountPublicAccessBlock',
  ],
} as const

/** A new bucket blocks public access by itself. Source: S3 User Guide, "Default settings for new S3 buckets". */
const ofNewBucket: Block = { acls: true, policies: true }

export function noBlocks(): Blocks {
  return { account: none, buckets: [] }
}

export function blocksEntity(record: CloudTrailRecord): string {
  return accountOf(record)
}

/** Notes what a call says of blocks. */
export function noteBlocks(blocks: Blocks, record: CloudTrailRecord): void {
  const bucket = text(record.requestParameters, 'bucketName')
  const block = blockOf(record)
  if (bucket === undefined) blocks.account = block
  else setBucket(blocks, bucket, block)
}

export function noteNewBucket(blocks: Blocks, bucket: string): void {
  setBucket(blocks, bucket, ofNewBucket)
}

/** What holds for a bucket: the account's block and its own together. */
export function blockFor({ account, buckets }: Blocks, bucket: string): Block {
  const own = buckets.find(([name]) => name === bucket)?.[1] ?? none
  return { acls: account.acls || own.acls, policies: account.policies || own.policies }
}

function setBucket(blocks: Blocks, bucket: string, block: Block): void {
  blocks.buckets = blocks.buckets.filter(([name]) => name !== bucket).slice(1 - bucketsMax)
  blocks.buckets.push([bucket, block])
}

function blockOf(record: CloudTrailRecord): Block {
  if (record.eventName.startsWith('Delete')) return none
  return { acls: isBlocked(record, 'IgnorePublicAcls'), policies: isBlocked(record, 'RestrictPublicBuckets') }
}

/** Whether a call switches a block on. What is not said is off. */
export function isBlocked({ requestParameters }: CloudTrailRecord, name: string): boolean {
  return String(value(requestParameters, 'PublicAccessBlockConfiguration', name)) === 'true'
}
