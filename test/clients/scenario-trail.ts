import assert from 'node:assert/strict'
import { allowed } from './expect.ts'
import type { Stage } from './scenario.ts'

/** A record as LookupEvents carries it, the members that the scenario looks at. */
interface TrailRecord {
  readonly eventName: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly userIdentity: { readonly type: string; readonly arn?: string; readonly accessKeyId?: string }
}

/** What the scenario's user and its sessions did: each call once, allowed or denied. */
const deeds: readonly (readonly [
  who: 'IAMUser' | 'AssumedRole',
  eventName: string,
  errorCode: string | undefined,
])[] = [
  ['IAMUser', 'GetCallerIdentity', undefined],
  ['IAMUser', 'ListUsers', 'AccessDenied'],
  ['IAMUser', 'GetUser', 'AccessDenied'],
  ['IAMUser', 'ListUsers', undefined],
  ['IAMUser', 'DeleteUser', 'AccessDenied'],
  ['IAMUser', 'ListUsers', 'AccessDenied'],
  ['IAMUser', 'GetUser', undefined],
  ['IAMUser', 'AssumeRole', 'AccessDenied'],
  ['IAMUser', 'AssumeRole', 'AccessDenied'],
  ['IAMUser', 'AssumeRole', undefined],
  ['AssumedRole', 'GetCallerIdentity', undefined],
  ['AssumedRole', 'ListUsers', undefined],
  ['IAMUser', 'AssumeRole', undefined],
  ['AssumedRole', 'GetUser', undefined],
  ['AssumedRole', 'ListUsers', 'AccessDenied'],
]

/** What the administrator changed. */
const changes = [
  'CreateUser',
  'CreateAccessKey',
  'CreatePolicy',
  'AttachUserPolicy',
  'CreatePolicy',
  'PutUserPermissionsBoundary',
  'CreateRole',
  'PutRolePolicy',
] as const

/** Reads the whole trail through LookupEvents and holds it against what was done; it must hold no secret. */
export async function assertTrail(stage: Stage): Promise<void> {
  const { client, administrator, userArn, secrets, account } = stage
  const texts = await everyRecord(stage)
  const records = texts.map((text) => JSON.parse(text) as TrailRecord) // Checked member by member below.

  const sessionArn = `arn:aws:sts::${account}:assumed-role/auditor/review`
  const done = records.filter(
    ({ userIdentity }) => userIdentity.arn === userArn || userIdentity.arn === sessionArn,
  )
  const seen = done.map(({ userIdentity, eventName, errorCode }) => [userIdentity.type, eventName, errorCode])
  assert.deepEqual(inAnyOrder(seen), inAnyOrder(deeds))
  for (const { errorCode, errorMessage } of done) {
    if (errorCode !== undefined) assert.match(errorMessage ?? '', /is not authorized to perform/)
  }

  const changed = records.filter(
    ({ userIdentity, eventName }) =>
      userIdentity.accessKeyId === administrator.accessKeyId && /^(Create|Put|Attach)/.test(eventName),
  )
  assert.deepEqual(inAnyOrder(changed.map(({ eventName }) => eventName)), inAnyOrder(changes))

  assert.ok(secrets.length >= 5, 'two sessions and an access key have five secrets')
  for (const secret of secrets)
    assert.ok(!texts.some((text) => text.includes(secret)), 'no record holds a secret')

  const attribute = { AttributeKey: 'EventName', AttributeValue: 'CreateAccessKey' } as const
  const looked = await client.call(
    'cloudtrail',
    'LookupEvents',
    { LookupAttributes: [attribute] },
    administrator,
  )
  assert.deepEqual(
    allowed(looked).Events?.map(({ EventName }) => EventName),
    ['CreateAccessKey'],
  )
}

/** Records have a time in seconds: of two workers' records within one second nobody can tell which was first. */
function inAnyOrder(list: readonly unknown[]): readonly string[] {
  return list.map((each) => JSON.stringify(each)).sort()
}

/** All records of the account, read in pages. */
export async function everyRecord({
  client,
  administrator,
}: Pick<Stage, 'client' | 'administrator'>): Promise<readonly string[]> {
  const texts: string[] = []
  let NextToken: string | undefined
  do {
    const input = { MaxResults: 10, ...(NextToken !== undefined && { NextToken }) }
    const page = allowed(await client.call('cloudtrail', 'LookupEvents', input, administrator))
    texts.push(...(page.Events ?? []).map(({ CloudTrailEvent = '' }) => CloudTrailEvent))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  assert.equal(new Set(texts).size, texts.length, 'no record comes twice')
  return texts
}
