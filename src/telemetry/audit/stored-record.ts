import { namedResource } from './resource-types.ts'

/** The elements of a stored record that queries look at. */
export interface StoredRecord {
  readonly eventID: string
  readonly eventName: string
  readonly eventSource: string
  /** `2026-11-23T09:30:00Z`. */
  readonly eventTime: string
  readonly awsRegion: string
  readonly readOnly: boolean
  readonly recipientAccountId: string
  readonly eventCategory: 'Management' | 'Data'
  readonly requestID?: string
  readonly eventType: string
  readonly userIdentity: {
    readonly arn?: string
    /** Absent where a service did something by itself. */
    readonly type?: string
    readonly principalId?: string
    readonly userName?: string
    readonly accessKeyId?: string
  }
  readonly resources?: readonly { readonly ARN: string; readonly type?: string }[]
  readonly responseElements: null | {
    readonly credentials?: { readonly accessKeyId?: string }
    readonly assumedRoleUser?: { readonly arn?: string; readonly assumedRoleId?: string }
    readonly federatedUser?: { readonly arn?: string; readonly federatedUserId?: string }
  }
}

/** Reads a line of the trail. Lines are written by `createRecorder` and `writeEvent` alone. */
export function readRecord(line: string): StoredRecord {
  return JSON.parse(line) as StoredRecord // Our own file.
}

/** Who a lookup says it was: a user's name, a session's name, `root`. */
export function usernameOf({ userIdentity }: StoredRecord): string | undefined {
  const { type, userName, principalId } = userIdentity
  switch (type) {
    case 'Root':
      return 'root'
    case 'IAMUser':
      return userName
    case 'AssumedRole':
    case 'FederatedUser':
      return principalId?.slice(principalId.indexOf(':') + 1)
    case undefined: // A service did it by itself.
    default:
      return undefined
  }
}

/** A resource as LookupEvents lists it. */
export interface LookupResource {
  readonly ResourceType?: string
  readonly ResourceName: string
}

/**
 * What a record touched, under each of its names: CloudTrail lists a user both by name and by ARN, and the session that an
 * AssumeRole made by key, id and ARN.
 */
export function lookupResources({
  resources = [],
  responseElements,
}: StoredRecord): readonly LookupResource[] {
  const found: LookupResource[] = []
  const add = (type: string | undefined, names: readonly (string | undefined)[]) => {
    for (const name of new Set(names)) {
      if (name !== undefined)
        found.push({ ...(type !== undefined && { ResourceType: type }), ResourceName: name })
    }
  }
  for (const { ARN, type } of resources) add(type, [ARN, namedResource(ARN)?.name])
  const { credentials, assumedRoleUser, federatedUser } = responseElements ?? {}
  add('AWS::IAM::AccessKey', [credentials?.accessKeyId])
  add('AWS::STS::AssumedRole', [assumedRoleUser?.arn, assumedRoleUser?.assumedRoleId])
  add('AWS::STS::FederatedUser', [federatedUser?.arn, federatedUser?.federatedUserId])
  return found
}
