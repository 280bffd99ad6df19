import type { CloudTrailRecord } from '#engines/detect/index.ts'
import type { Caller } from './callers.ts'
import { account, region } from './places.ts'

/** What a call asks, and what it was answered. */
export interface Call {
  /** As `iam:CreateUser`. */
  readonly api: string
  readonly request?: CloudTrailRecord['requestParameters']
  readonly response?: CloudTrailRecord['responseElements']
  /** Refused with this code. */
  readonly error?: string
  readonly resources?: CloudTrailRecord['resources']
  readonly additional?: CloudTrailRecord['additionalEventData']
  readonly region?: string
}

/** Gives each record of a run an id of its own. */
export interface Ids {
  next: number
}

const globalServices = new Set(['iam', 'sts', 'organizations', 'route53', 'ce', 'support'])
const domains: ReadonlyMap<string, string> = new Map([
  ['monitoring', 'monitoring.amazonaws.com'],
  ['signin', 'signin.amazonaws.com'],
])
const dataEvents =
  /^s3:(?:GetObject|PutObject|DeleteObject|DeleteObjects|ListObjects|ListObjectVersions|CopyObject|HeadObject|PutObjectAcl|GetObjectAcl)$/
const reading = /^(?:Describe|Get|List|Lookup|Head|Filter|Start(?:Query)|BatchGet|Decrypt|Simulate|Generate)/

/** The record of a call as CloudTrail writes it. Source: CloudTrail User Guide, "CloudTrail record contents". */
export function record(caller: Caller, call: Call, atMs: number, ids: Ids): CloudTrailRecord {
  const [service = '', eventName = ''] = call.api.split(':')
  const isData = dataEvents.test(call.api)
  const time = new Date(atMs).toISOString().replace(/\.\d{3}/, '')
  ids.next += 1
  const id = ids.next.toString(16).padStart(12, '0')
  return {
    ...{ eventVersion: '1.09', userIdentity: caller.identity, eventTime: time },
    ...{ eventSource: domains.get(service) ?? `${service}.amazonaws.com`, eventName },
    awsRegion: call.region ?? (globalServices.has(service) ? 'us-east-1' : region),
    ...{ sourceIPAddress: caller.address, userAgent: caller.agent },
    ...(call.error !== undefined && {
      errorCode: call.error,
      errorMessage: `not authorized to perform ${call.api}`,
    }),
    requestParameters: call.request ?? null,
    responseElements: call.response ?? null,
    ...(call.additional && { additionalEventData: call.additional }),
    ...{ requestID: `r-${id}`, eventID: `0b7c2f6e-5d1a-4c3e-8f90-${id}`, readOnly: reading.test(eventName) },
    ...(call.resources && { resources: call.resources }),
    ...{ eventType: eventTypeOf(eventName), managementEvent: !isData, recipientAccountId: account },
    eventCategory: isData ? 'Data' : 'Management',
    ...(caller.isConsole === true && { sessionCredentialFromConsole: 'true' }),
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
  } as CloudTrailRecord // Beside what detectors read it has what CloudTrail writes too.
}

function eventTypeOf(eventName: string): string {
  return eventName === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall'
}

/** An object's data event. */
export function object(
  api: string,
  bucketName: string,
  key: string,
  more: Readonly<Record<string, unknown>> = {},
): Call {
  const arn = `arn:aws:s3:::${bucketName}`
  return {
    api: `s3:${api}`,
    request: {
      bucketName,
      Host: `${bucketName}.s3.${region}.amazonaws.com`,
      ...(key !== '' && { key }),
      ...more,
    },
    resources: [
      { type: 'AWS::S3::Object', ARN: `${arn}/${key}` },
      { accountId: account, type: 'AWS::S3::Bucket', ARN: arn },
    ],
  }
}

/** A call of KMS on a key of the account. */
export function key(api: string, keyId: string, context: Readonly<Record<string, string>> = {}): Call {
  const ARN = `arn:aws:kms:${region}:${account}:key/${keyId}`
  return {
    api: `kms:${api}`,
    request: {
      keyId: ARN,
      encryptionContext: context,
      ...(api === 'Decrypt' && { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }),
    },
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN }],
  }
}
