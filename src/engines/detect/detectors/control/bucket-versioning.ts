import { bucketResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Impact:S3/BucketVersioningSuspended'

/** What is deleted or overwritten from now on cannot be brought back. Source: S3 API Reference, PutBucketVersioning. */
export const bucketVersioning = callDetector({
  name: 'bucket-versioning',
  events: ['s3:PutBucketVersioning'],
  finds: {
    [type]: {
      severity: 4,
      title: 'Versioning of the bucket {bucket} was suspended.',
      description:
        '{userName} suspended versioning of {bucket}, or no longer asks for MFA before versions are deleted.',
      remediation: undo(
        'Keep versions again.',
        'aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled',
      ),
    },
  },
  see(record) {
    const { requestParameters } = record
    const isSuspended =
      text(requestParameters, 'VersioningConfiguration', 'Status') === 'Suspended' ||
      text(requestParameters, 'VersioningConfiguration', 'MfaDelete') === 'Disabled'
    if (!isSuspended) return undefined
    const bucket = text(requestParameters, 'bucketName') ?? ''
    return { type, about: bucket, values: { bucket }, resource: bucketResource(record, bucket) }
  },
})
