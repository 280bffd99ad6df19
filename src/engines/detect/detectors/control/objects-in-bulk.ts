import { principalEntity, burstDetector, noItems } from '../burst-detector.ts'
import { isByService, isDone } from '../call-detector.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { undo } from '../remedies.ts'

const windowMs = 10 * 60_000

/** Versions are what brings deleted objects back: programs delete objects, hardly ever their versions one by one. */
const versionsMany = 20
/** In-place copies under a customer's key are no way of life of any program: a few are a trial, ten a run. */
const copiesMany = 10

/** Versions of objects are deleted one after another: nothing can be brought back. Source: S3 API Reference, DeleteObject, versionId. */
export const objectVersionsDeleted = burstDetector({
  name: 'object-versions-deleted',
  events: ['s3:DeleteObject'],
  type: 'Impact:S3/ObjectVersionsDeleted',
  facts: {
    severity: 8,
    title: 'Versions of objects in {bucket} are deleted in bulk.',
    description: '{userName} deleted {count} and more versions of objects within ten minutes.',
    remediation: undo(
      'Deny deleting while you look into it: suspend the caller, and see what is left.',
      'aws s3api list-object-versions --bucket {bucket} --max-items 20',
    ),
  },
  ...{ many: versionsMany, windowMs },
  entityOf: bucketOfPrincipal,
  itemsOf(record) {
    const version = text(record.requestParameters, 'versionId')
    if (version === undefined || !isDone(record) || isByService(record)) return noItems
    return [`${text(record.requestParameters, 'key') ?? ''} ${version}`]
  },
  saidOf: ofBucket,
})

/** Objects are copied onto themselves under a key that the caller alone has. Source: S3 User Guide, "Using server-side encryption with customer-provided keys (SSE-C)". */
export const objectsEncrypted = burstDetector({
  name: 'objects-encrypted',
  events: ['s3:CopyObject'],
  type: 'Impact:S3/ObjectsEncryptedByCustomerKey',
  facts: {
    severity: 9,
    title: 'Objects in {bucket} are encrypted by a key of the caller.',
    description:
      '{userName} copied {count} and more objects onto themselves under a key that AWS does not keep.',
    remediation: undo(
      'See whether earlier versions are left, and bring them back by copying.',
      'aws s3api list-object-versions --bucket {bucket} --max-items 20',
    ),
  },
  ...{ many: copiesMany, windowMs },
  entityOf: bucketOfPrincipal,
  itemsOf(record) {
    if (!isDone(record) || !isByCustomerKey(record) || !isInPlace(record)) return noItems
    return [text(record.requestParameters, 'key') ?? '']
  },
  saidOf: ofBucket,
})

function bucketOfPrincipal(record: CloudTrailRecord): string {
  return `${principalEntity(record)} ${bucketOf(record)}`
}

function isByCustomerKey({ requestParameters, additionalEventData }: CloudTrailRecord): boolean {
  return (
    value(requestParameters, 'x-amz-server-side-encryption-customer-algorithm') !== undefined ||
    text(additionalEventData, 'SSEApplied') === 'SSE_C'
  )
}

function isInPlace(record: CloudTrailRecord): boolean {
  const source = text(record.requestParameters, 'x-amz-copy-source') ?? ''
  const [path = ''] = source.replace(/^\//, '').split('?', 1)
  const key = text(record.requestParameters, 'key') ?? ''
  return [path, decoded(path)].includes(`${bucketOf(record)}/${key}`)
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path // A percent sign that is one.
  }
}

function ofBucket(record: CloudTrailRecord) {
  const bucket = bucketOf(record)
  return { about: bucket, values: { bucket }, resource: bucketResource(record, bucket) }
}

function bucketOf({ requestParameters }: CloudTrailRecord): string {
  return text(requestParameters, 'bucketName') ?? ''
}
