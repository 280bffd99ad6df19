import type { Resource } from '#models/guardduty.d.ts'
import type { CloudTrailRecord } from '../records.ts'
import { accessKeyOf } from './api-call.ts'

/** A bucket as a finding's resource, with who came to it. Source: GuardDuty User Guide, "Finding details", S3 bucket. */
export function bucketResource(record: CloudTrailRecord, name: string): Resource {
  return {
    ...accessKeyOf(record),
    ResourceType: 'S3Bucket',
    S3BucketDetails: [{ Arn: `arn:aws:s3:::${name}`, Name: name, Type: 'Destination' }],
  }
}

/** A function as a finding's resource. */
export function functionResource(record: CloudTrailRecord, name: string): Resource {
  return { ...accessKeyOf(record), ResourceType: 'Lambda', LambdaDetails: { FunctionName: name } }
}

/** An instance as a finding's resource. */
export function instanceResource(record: CloudTrailRecord, id: string): Resource {
  return { ...accessKeyOf(record), ResourceType: 'Instance', InstanceDetails: { InstanceId: id } }
}
