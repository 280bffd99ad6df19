import type { CloudTrailRecord, Surroundings } from '../../src/engines/detect/index.ts'

export const account = '111122223333'
/** Of the same organization. */
export const sister = '222233334444'
export const foreign = '999988887777'

/** Addresses of documentation, each with what is known of it. */
export const addresses = {
  berlin: '203.0.113.9',
  paris: '203.0.113.60',
  sydney: '198.51.100.7',
  tor: '198.51.100.66',
  malicious: '198.51.100.77',
  custom: '198.51.100.88',
  commandAndControl: '198.51.100.99',
  own: '192.0.2.10',
  amazon: '192.0.2.200',
  otherAmazon: '192.0.2.201',
} as const

const listings: Readonly<Record<string, ReturnType<Surroundings['address']>>> = {
  [addresses.tor]: [{ threat: 'tor', list: 'tor exits' }],
  [addresses.malicious]: [{ threat: 'malicious', list: 'bad ones', names: ['scanner'] }],
  [addresses.custom]: [{ threat: 'custom', list: 'our list' }],
  [addresses.commandAndControl]: [{ threat: 'command-and-control', list: 'servers' }],
}
const origins: Readonly<Record<string, ReturnType<Surroundings['origin']>>> = {
  [addresses.berlin]: { country: 'DE', asn: 3320 },
  [addresses.paris]: { country: 'FR', asn: 3215 },
  [addresses.sydney]: { country: 'AU', asn: 1221 },
  [addresses.amazon]: { country: 'US', asn: 16_509 },
  [addresses.otherAmazon]: { country: 'US', asn: 14_618 },
}

export const surroundings: Surroundings = {
  address: (address) => listings[address] ?? [],
  domain: () => [],
  origin: (address) => origins[address] ?? {},
  isOwn: (address) => address === addresses.own,
  isOwnAccount: (one) => one === account || one === sister,
}

type More = Partial<CloudTrailRecord>

let calls = 0
const startMs = Date.UTC(2026, 0, 5, 9)

/** A record as CloudTrail writes it: `iam:CreateUser` of a user called ann, a second after the one before. */
export function call(
  event: string,
  requestParameters: object | null = null,
  more: More = {},
): CloudTrailRecord {
  const [service = '', eventName = ''] = event.split(':')
  calls += 1
  return {
    eventID: `00000000-0000-4000-8000-${String(calls).padStart(12, '0')}`,
    eventTime: new Date(startMs + calls * 1000).toISOString(),
    eventSource: `${service}.amazonaws.com`,
    ...{
      eventName,
      awsRegion: 'eu-central-1',
      recipientAccountId: account,
      sourceIPAddress: addresses.berlin,
    },
    ...{
      userAgent: 'aws-cli/2.15.0',
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
    },
    ...{ userIdentity: user('ann'), readOnly: /^(?:Get|List|Describe)/.test(eventName) },
    requestParameters: requestParameters as CloudTrailRecord['requestParameters'] & object,
    responseElements: null,
    ...more,
  }
}

/** The same call made again and again, on one thing after another. */
export function many(count: number, of: (at: number) => CloudTrailRecord): readonly CloudTrailRecord[] {
  return Array.from({ length: count }, (_, at) => of(at))
}

/** The records, each so long after the one before. */
export function spread(minutes: number, records: readonly CloudTrailRecord[]): readonly CloudTrailRecord[] {
  return records.map((record, at) => ({
    ...record,
    eventTime: new Date(Date.parse(record.eventTime) + at * minutes * 60_000).toISOString(),
  }))
}

export const refused: More = { errorCode: 'AccessDenied', errorMessage: 'not authorized' }
export const dataEvent: More = { managementEvent: false, eventCategory: 'Data' }
export const fromConsole: More = { sessionCredentialFromConsole: 'true' }

export function from(sourceIPAddress: string): More {
  return { sourceIPAddress }
}

export function answered(responseElements: object): More {
  return { responseElements: responseElements as Readonly<Record<string, unknown>> }
}

export function user(userName: string): NonNullable<CloudTrailRecord['userIdentity']> {
  return {
    ...{ type: 'IAMUser', principalId: 'AIDAEXAMPLE', userName, accountId: account },
    ...{ arn: `arn:aws:iam::${account}:user/${userName}`, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  }
}

export function as(userName: string): More {
  return { userIdentity: user(userName) }
}

export function asRoot(session = {}): More {
  return {
    userIdentity: {
      ...{ type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
      ...{ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionContext: session },
    },
  }
}

/** A session of a role. */
export function asRole(role: string, session: string, more: object = {}): More {
  return {
    userIdentity: {
      ...{ type: 'AssumedRole', principalId: `AROAEXAMPLE:${session}`, accountId: account },
      ...{ arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`, accessKeyId: 'ASIAEXAMPLE' },
      sessionContext: {
        sessionIssuer: {
          ...{ type: 'Role', principalId: 'AROAEXAMPLE', accountId: account, userName: role },
          arn: `arn:aws:iam::${account}:role/${role}`,
        },
      },
      ...more,
    },
  }
}

/** A service acts by itself, on behalf of nobody. */
export function byService(service: string): More {
  return {
    ...{ sourceIPAddress: service, userAgent: service },
    userIdentity: { type: 'AWSService', invokedBy: service },
  }
}

/** A service does what is part of what ann asked of it. */
export function onBehalf(service: string): More {
  return { ...from(service), userAgent: service, userIdentity: { ...user('ann'), invokedBy: service } }
}

export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

export const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
export const little = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' })
