// Goal: a caller finds what was done in its account and region, at once, and nothing of others; bad questions get AWS's errors.
// Method: AWS's own client through a pipeline in this process, over a real trail on disk; the calls looked up are its own lookups,
// and records of other services and accounts that the test appends.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CloudTrail, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import type { SignedCaller } from '#core/caller.ts'
import type { Identities } from '#core/identities.ts'
import { createAuditTrail, type QueryableAuditTrail } from '#telemetry/index.ts'
import { createLake } from '#telemetry/sql/index.ts'
import { inProcess, layGround, refusal } from '../../../test/in-process.ts'
import { createCloudTrailService } from './service.ts'

const here = '111122223333' as AccountId // Twelve digits.
const there = '444455556666' as AccountId // Twelve digits.
const startMs = Date.UTC(2026, 10, 23, 12)
const dayMs = 86_400_000
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

interface Rig {
  readonly as: (who: 'root' | 'bob', region?: string) => CloudTrail
  readonly trail: QueryableAuditTrail
  readonly clock: { nowMs: number }
}

function rig(t: TestContext): Rig {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-lookup-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const ground = layGround(startMs)
  const { clock, world, store, seal } = ground
  const trail = createAuditTrail({ directory, store, worker: 0, world, log: () => {} })
  const identities: Identities = {
    accessKey: (_reader, id) => ({
      account: here,
      sealedSecret: seal.seal('access-key', id, secret),
      active: true,
      userName: id === 'AKIAROOT' ? undefined : 'bob',
    }),
    keyOwner: (_reader, accessKeyId, { userName }) => callerOf(userName, accessKeyId),
    sessionOwner: () => undefined,
    policiesOf: () => ({ identity: [] }),
  }
  // Lookups ask no SQL.
  const lake = createLake({ directory, segments: () => trail.written(), world, log: () => {} })
  const services = [
    createCloudTrailService({
      audit: trail,
      roles: { role: () => undefined },
      callAsService: () => assert.fail('lookups call nobody'),
      lake,
    }),
  ]
  const { configuration } = inProcess(ground, { services, identities, audit: trail })
  return {
    trail,
    clock,
    as: (who, region = 'eu-west-1') =>
      new CloudTrail(
        configuration({ accessKeyId: `AKIA${who.toUpperCase()}`, secretAccessKey: secret }, region),
      ),
  }
}

function callerOf(userName: string | undefined, accessKeyId: string): SignedCaller {
  const common = { account: here, accessKeyId }
  return userName === undefined
    ? { ...common, kind: 'root', arn: `arn:aws:iam::${here}:root` as Arn, userId: here } // Written out.
    : {
        ...common,
        kind: 'user',
        arn: `arn:aws:iam::${here}:user/bob` as Arn,
        userId: 'AIDABOB',
        userName,
        tags: {},
      } // Written out.
}

function recorded(
  nowMs: number,
  service: 'iam' | 'kms' | 'sqs',
  operation: string,
  { account = here, region = 'eu-west-1' }: { account?: AccountId; region?: string } = {},
): AuditedCall {
  const arn = `arn:aws:iam::${here}:user/team/carol` as Arn // Written out.
  return {
    envelope: {
      requestId: '4c1b8a1e-2f7a-4c7a-9d6a-1b6f5a3b2c1d',
      service,
      operation,
      nowMs,
      region,
      partition: 'aws',
      sourceIp: '192.0.2.7',
      userAgent: 'test',
      referer: undefined,
      secureTransport: false,
      calledVia: [],
    },
    caller: callerOf('bob', 'AKIABOB'),
    account,
    input: {},
    output: {},
    fault: undefined,
    access: [{ action: `${service}:${operation}`, resource: { arn } }],
  }
}

async function names(
  client: CloudTrail,
  input: LookupEventsCommandInput = {},
): Promise<(string | undefined)[]> {
  const { Events = [] } = await client.lookupEvents(input)
  return Events.map(({ EventName }) => EventName)
}

test('LookupEvents: an event', async (t) => {
  const { as, trail } = rig(t)
  trail.append(trail.record(recorded(startMs, 'iam', 'DeleteUser')))
  const { Events = [], NextToken } = await as('root').lookupEvents({})
  const [{ EventId, CloudTrailEvent = '', ...event } = {}, ...others] = Events
  assert.deepEqual(event, {
    EventName: 'DeleteUser',
    ReadOnly: 'false',
    AccessKeyId: 'AKIABOB',
    EventTime: new Date(startMs),
    EventSource: 'iam.amazonaws.com',
    Username: 'bob',
    Resources: [
      { ResourceType: 'AWS::IAM::User', ResourceName: `arn:aws:iam::${here}:user/team/carol` },
      { ResourceType: 'AWS::IAM::User', ResourceName: 'carol' },
    ],
  })
  const record = JSON.parse(CloudTrailEvent) as Record<string, unknown> // Our own record.
  assert.equal(record['eventID'], EventId)
  assert.equal(record['eventName'], 'DeleteUser')
  assert.deepEqual([others, NextToken], [[], undefined])
})

test('LookupEvents: a caller finds its own call before at once, also a denied one', async (t) => {
  const { as } = rig(t)
  assert.deepEqual(await names(as('root')), [])
  assert.match(await refusal(as('bob').lookupEvents({})), /^AccessDenied\w*: .*cloudtrail:LookupEvents/)
  assert.deepEqual(await names(as('root')), ['LookupEvents', 'LookupEvents'])
  const { Events = [] } = await as('root').lookupEvents({
    LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'bob' }],
  })
  assert.equal(Events.length, 1)
  assert.equal(
    (JSON.parse(Events[0]?.CloudTrailEvent ?? '') as { errorCode: string }).errorCode,
    'AccessDenied',
  ) // Our own record.
})

test('LookupEvents: the account’s own, of the region and of global services', async (t) => {
  const { as, trail } = rig(t)
  trail.append(trail.record(recorded(startMs, 'kms', 'CreateKey', { account: there })))
  trail.append(trail.record(recorded(startMs, 'kms', 'DisableKey', { region: 'us-west-2' })))
  trail.append(trail.record(recorded(startMs, 'kms', 'EnableKey')))
  trail.append(trail.record(recorded(startMs, 'iam', 'CreateUser', { region: 'us-west-2' })))
  assert.deepEqual(await names(as('root')), ['CreateUser', 'EnableKey'])
  assert.deepEqual(await names(as('root', 'us-west-2')), ['CreateUser', 'DisableKey'])
  assert.deepEqual(await names(as('root', 'ap-south-1')), ['CreateUser'])
})

test('LookupEvents: no data events', async (t) => {
  const { as, trail } = rig(t)
  trail.append(trail.record(recorded(startMs, 'sqs', 'SendMessage')))
  trail.append(trail.record(recorded(startMs, 'sqs', 'CreateQueue')))
  assert.deepEqual(await names(as('root')), ['CreateQueue'])
})

test('LookupEvents: ninety days back, page by page', async (t) => {
  const { as, trail, clock } = rig(t)
  await trail.repaired // And swept: what is too old now is kept out by the lookup alone.
  const want: string[] = []
  for (let day = 0; day < 120; day += 1) {
    clock.nowMs = startMs + day * dayMs
    trail.append(trail.record(recorded(clock.nowMs, 'kms', `Op${day}`)))
    trail.flush()
    if (day >= 29) want.unshift(`Op${day}`)
  }
  const EndTime = new Date(clock.nowMs)
  for (const MaxResults of [undefined, 7, 50]) {
    const found: (string | undefined)[] = []
    for (let NextToken: string | undefined; ;) {
      const page = await as('root').lookupEvents({
        MaxResults,
        NextToken,
        LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'kms.amazonaws.com' }],
        EndTime,
      })
      assert.ok((page.Events?.length ?? 0) <= (MaxResults ?? 50))
      found.push(...(page.Events ?? []).map(({ EventName }) => EventName))
      if (page.NextToken === undefined) break
      NextToken = page.NextToken
    }
    assert.deepEqual(found, want)
  }
})

test('LookupEvents: bad questions', async (t) => {
  const { as } = rig(t)
  const attribute = { AttributeKey: 'EventName' as const, AttributeValue: 'x' }
  const rows: readonly [name: string, input: LookupEventsCommandInput, want: RegExp][] = [
    [
      'two attributes',
      { LookupAttributes: [attribute, attribute] },
      /^InvalidLookupAttributesException: Only one/,
    ],
    [
      'a flag that is none',
      { LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'yes' }] },
      /^InvalidLookupAttributesException: The value 'yes'/,
    ],
    [
      'an end before the start',
      { StartTime: new Date(startMs), EndTime: new Date(startMs - 1000) },
      /^InvalidTimeRangeException: /,
    ],
    ['a token of nobody', { NextToken: 'x' }, /^InvalidNextTokenException: /],
    ['too many', { MaxResults: 51 }, /Member must have value less than or equal to 50/],
    ['no insights', { EventCategory: 'insight' }, /^no refusal$/],
    ['one moment', { StartTime: new Date(startMs), EndTime: new Date(startMs) }, /^no refusal$/],
  ]
  for (const [name, input, want] of rows)
    assert.match(await refusal(as('root').lookupEvents(input)), want, name)
  assert.equal(rows.length, 7)
  assert.deepEqual(await names(as('root'), { EventCategory: 'insight' }), [])
})
