import type { Action, RemoteIpDetails, Resource } from '#models/guardduty.d.ts'
import type { CloudTrailRecord, UserIdentity } from '../records.ts'
import type { Signal } from '../signal.ts'

/** What a detector adds to what follows from the record. */
export type Said = Pick<Signal, 'type'> &
  Partial<Pick<Signal, 'severity' | 'threats' | 'anomaly' | 'additionalInfo' | 'resource' | 'weak'>> & {
    /** More values for the texts. */
    readonly values?: Readonly<Record<string, string>>
    /** What tells findings apart beside type and principal: the trail, the bucket. */
    readonly about?: string | undefined
  }

/** The signal of a call: the resource is the access key that made it, unless the detector says another. */
export function apiCallSignal(record: CloudTrailRecord, said: Said): Signal {
  const { type, values, about = '', resource = accessKeyOf(record), ...rest } = said
  return {
    ...rest,
    type,
    atMs: Date.parse(record.eventTime),
    key: `${principalKey(record)} ${about}`,
    resource,
    action: apiCallAction(record),
    resourceRole: 'TARGET',
    values: { ...valuesOf(record), ...values },
    entities: entitiesOf(record),
  }
}

/** Roles by which people come from IAM Identity Center. Source: IAM Identity Center User Guide, "Referencing permission sets in resource policies". */
const peoplesRoles = ':role/aws-reserved/sso.amazonaws.com/'

/** A user of IAM or of Identity Center, as opposed to a program's role. */
export function isPerson({ userIdentity }: CloudTrailRecord): boolean {
  if (userIdentity?.type === 'IAMUser' || userIdentity?.type === 'Root') return true
  return userIdentity?.sessionContext?.sessionIssuer?.arn?.includes(peoplesRoles) ?? false
}

/**
 * The principal behind a call: a user, or the role of a session. People who come by Identity Center share roles: they are told apart by their
 * sessions' names.
 */
export function principalOf({ userIdentity }: CloudTrailRecord): string {
  const role = userIdentity?.sessionContext?.sessionIssuer?.arn
  return (
    (role?.includes(peoplesRoles) === true ? userIdentity?.arn : role) ??
    userIdentity?.arn ??
    userIdentity?.principalId ??
    userIdentity?.type ??
    ''
  )
}

/** The name of a user or role, as people know it. */
function userNameOf({ userIdentity }: CloudTrailRecord): string {
  const issuer = userIdentity?.sessionContext?.sessionIssuer
  return (
    (userIdentity?.type === 'Root' ? 'Root' : undefined) ??
    issuer?.userName ??
    userIdentity?.userName ??
    userIdentity?.arn?.split('/').at(-1) ??
    userIdentity?.principalId ??
    ''
  )
}

/** Calls of AWS services by themselves, or on somebody's behalf, come from no address. */
export function remoteAddress({ sourceIPAddress = '' }: CloudTrailRecord): string | undefined {
  return isAddress(sourceIPAddress) ? sourceIPAddress : undefined
}

/** The longest form of IPv6 has an IPv4 address at its end. Source: RFC 4291, 2.2. */
const addressLengthMax = 45

/** Whether a text has the form of an address, and is not the name of a service. It may still be none. */
export function isAddress(text: string): boolean {
  // A record may have any length, and the form is looked for in time that grows with its square.
  return text.length <= addressLengthMax && /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)$/i.test(text)
}

/** The account that a record is about. */
export function accountOf({ recipientAccountId, userIdentity }: CloudTrailRecord): string {
  return recipientAccountId ?? userIdentity?.accountId ?? ''
}

function principalKey(record: CloudTrailRecord): string {
  return `${accountOf(record)} ${principalOf(record)}`
}

/** The access key that made a call, as a finding's resource. */
export function accessKeyOf(record: CloudTrailRecord): Resource {
  const { userIdentity } = record
  return {
    ResourceType: 'AccessKey',
    AccessKeyDetails: {
      AccessKeyId: userIdentity?.accessKeyId,
      PrincipalId: userIdentity?.principalId,
      UserName: userNameOf(record),
      UserType: userTypeOf(userIdentity),
    },
  }
}

/** Source: GuardDuty API Reference, AccessKeyDetails, userType. */
function userTypeOf(identity: UserIdentity | undefined): string | undefined {
  return identity?.type === 'AssumedRole' ? 'AssumedRole' : identity?.type
}

function apiCallAction(record: CloudTrailRecord): Action {
  const address = remoteAddress(record)
  return {
    ActionType: 'AWS_API_CALL',
    AwsApiCallAction: {
      Api: record.eventName,
      ServiceName: record.eventSource,
      CallerType: address === undefined ? 'Domain' : 'Remote IP',
      ...(record.errorCode !== undefined && { ErrorCode: record.errorCode }),
      ...(record.userAgent !== undefined && { UserAgent: record.userAgent }),
      ...(address === undefined
        ? { DomainDetails: { Domain: record.sourceIPAddress } }
        : { RemoteIpDetails: remoteIp(address) }),
      ...(record.userIdentity?.accountId !== undefined && {
        RemoteAccountDetails: {
          AccountId: record.userIdentity.accountId,
          Affiliated: record.userIdentity.accountId === record.recipientAccountId,
        },
      }),
      AffectedResources: affected(record),
    },
  }
}

/** Country and network are put in by whoever keeps the finding: they know where addresses belong. */
export function remoteIp(address: string): RemoteIpDetails {
  return address.includes(':') ? { IpAddressV6: address } : { IpAddressV4: address }
}

/** The address as WAF takes it into a set. */
export function blockValuesOf(address: string): Readonly<Record<'remoteCidr' | 'ipVersion', string>> {
  return address.includes(':')
    ? { remoteCidr: `${address}/128`, ipVersion: 'IPV6' }
    : { remoteCidr: `${address}/32`, ipVersion: 'IPV4' }
}

function affected({ resources = [] }: CloudTrailRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(resources.flatMap(({ type, ARN }) => (type && ARN ? [[type, ARN]] : [])))
}

function valuesOf(record: CloudTrailRecord): Readonly<Record<string, string>> {
  const { userIdentity } = record
  const issuer = userIdentity?.sessionContext?.sessionIssuer
  const address = remoteAddress(record)
  return {
    api: record.eventName,
    service: record.eventSource,
    accountId: accountOf(record),
    region: record.awsRegion,
    principal: principalOf(record),
    ...optional('userAgent', record.userAgent),
    ...optional('remoteIp', address),
    ...(address !== undefined && blockValuesOf(address)),
    ...optional('accessKeyId', userIdentity?.accessKeyId),
    // Commands differ: keys of a user are deactivated, sessions of a role revoked.
    ...(userIdentity?.type === 'IAMUser' ? optional('iamUser', userIdentity.userName) : {}),
    ...(issuer?.type === 'Role' ? optional('roleName', issuer.userName) : {}),
    userName: userNameOf(record),
  }
}

function optional(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined || value === '' ? {} : { [name]: value }
}

function entitiesOf(record: CloudTrailRecord): readonly string[] {
  const principal = principalOf(record)
  const key = record.userIdentity?.accessKeyId
  const address = remoteAddress(record)
  return [
    ...(principal ? [`principal ${accountOf(record)} ${principal}`] : []),
    ...(key ? [`key ${key}`] : []),
    ...(address ? [`address ${accountOf(record)} ${address}`] : []),
  ]
}
