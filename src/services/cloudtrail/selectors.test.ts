// Goal: selectors choose what AWS says they choose, and what would have no effect is refused.
// Method: rows over written records for the choice; AWS's own client for what is put and shown.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PutEventSelectorsCommandInput } from '@aws-sdk/client-cloudtrail'
import type { StoredRecord } from '#telemetry/index.ts'
import { bucket, home, refusal, rig } from './rig.test.ts'
import { selectorsOf } from './selector-list.ts'
import { isSelected } from './selectors.ts'

type Put = Omit<PutEventSelectorsCommandInput, 'TrailName'>

const record = (over: Partial<StoredRecord> = {}): StoredRecord => ({
  eventCategory: 'Management',
  eventID: 'e',
  eventName: 'CreateUser',
  eventSource: 'iam.amazonaws.com',
  eventTime: '2026-01-02T03:04:05Z',
  eventType: 'AwsApiCall',
  awsRegion: 'us-east-1',
  readOnly: false,
  recipientAccountId: '111122223333',
  userIdentity: { arn: 'arn:aws:iam::111122223333:user/alice' },
  responseElements: null,
  ...over,
})
const write = record()
const read = record({ eventName: 'ListUsers', readOnly: true })
const key = record({ eventName: 'Decrypt', eventSource: 'kms.amazonaws.com', readOnly: true })
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:111122223333:${resource}`
const sent = record({
  ...{ eventCategory: 'Data', eventName: 'SendMessage', eventSource: 'sqs.amazonaws.com' },
  resources: [{ ARN: arn('sqs', 'work'), type: 'AWS::SQS::Queue' }],
})
const invoked = record({
  ...{ eventCategory: 'Data', eventName: 'Invoke', eventSource: 'lambda.amazonaws.com' },
  resources: [{ ARN: arn('lambda', 'function:one:live'), type: 'AWS::Lambda::Function' }],
})
const measured = record({
  ...{ eventCategory: 'Data', eventName: 'ListMetrics', eventSource: 'monitoring.amazonaws.com' },
  readOnly: true,
})
const all = { write, read, key, sent, invoked, measured }

const basic = (...EventSelectors: NonNullable<Put['EventSelectors']>): Put => ({ EventSelectors })
const management = { Field: 'eventCategory', Equals: ['Management'] }
type Fields = NonNullable<NonNullable<Put['AdvancedEventSelectors']>[number]['FieldSelectors']>
const advanced = (...selectors: readonly Fields[]): Put => ({
  AdvancedEventSelectors: selectors.map((fields) => ({ FieldSelectors: [management, ...fields] })),
})

const about = (Type: string, ...fields: Fields): Put => ({
  AdvancedEventSelectors: [
    {
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: [Type] },
        ...fields,
      ],
    },
  ],
})
const functions = (...Values: string[]) => [{ Type: 'AWS::Lambda::Function', Values }]

const rows: readonly [string, Put, want: readonly (keyof typeof all)[]][] = [
  ['the default', basic({}), ['write', 'read', 'key']],
  ['reads', basic({ ReadWriteType: 'ReadOnly' }), ['read', 'key']],
  ['writes', basic({ ReadWriteType: 'WriteOnly' }), ['write']],
  ['all but KMS', basic({ ExcludeManagementEventSources: ['kms.amazonaws.com'] }), ['write', 'read']],
  [
    'either of two',
    basic(
      { ReadWriteType: 'WriteOnly' },
      { ReadWriteType: 'ReadOnly', ExcludeManagementEventSources: ['kms.amazonaws.com'] },
    ),
    ['write', 'read'],
  ],
  ['advanced: management', advanced([]), ['write', 'read', 'key']],
  ['advanced: reads', advanced([{ Field: 'readOnly', Equals: ['true'] }]), ['read', 'key']],
  [
    'advanced: not KMS',
    advanced([{ Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }]),
    ['write', 'read'],
  ],
  [
    'advanced: names',
    advanced([{ Field: 'eventName', Equals: ['CreateUser', 'Decrypt'] }]),
    ['write', 'key'],
  ],
  [
    'advanced: either begins or ends so',
    advanced([{ Field: 'eventName', StartsWith: ['Cre'], EndsWith: ['crypt'] }]),
    ['write', 'key'],
  ],
  [
    'advanced: selected, but for what is deselected',
    advanced([{ Field: 'eventName', EndsWith: ['User', 'Users'], NotStartsWith: ['List'] }]),
    ['write'],
  ],
  ['advanced: does not end so', advanced([{ Field: 'eventName', NotEndsWith: ['Users'] }]), ['write', 'key']],
  [
    'advanced: all fields of one',
    advanced([
      { Field: 'readOnly', Equals: ['true'] },
      { Field: 'eventSource', Equals: ['iam.amazonaws.com'] },
    ]),
    ['read'],
  ],
  [
    'advanced: either of two',
    advanced([{ Field: 'readOnly', Equals: ['false'] }], [{ Field: 'eventName', Equals: ['Decrypt'] }]),
    ['write', 'key'],
  ],
  ['advanced: by whom', advanced([{ Field: 'userIdentity.arn', NotEndsWith: ['user/alice'] }]), []],
  [
    'all functions',
    basic({ DataResources: functions('arn:aws:lambda') }),
    ['write', 'read', 'key', 'invoked'],
  ],
  [
    'one function alone',
    basic({
      IncludeManagementEvents: false,
      DataResources: functions(arn('lambda', 'function:one')),
    }),
    ['invoked'],
  ],
  [
    'a function of a longer name',
    basic({ IncludeManagementEvents: false, DataResources: functions(arn('lambda', 'function:on')) }),
    [],
  ],
  [
    'reads of functions',
    basic({ ReadWriteType: 'ReadOnly', DataResources: functions('arn:aws:lambda') }),
    ['read', 'key'],
  ],
  ['advanced: queues', about('AWS::SQS::Queue'), ['sent']],
  ['advanced: functions', about('AWS::Lambda::Function'), ['invoked']],
  ['advanced: metrics', about('AWS::CloudWatch::Metric'), ['measured']],
  [
    'advanced: one queue',
    about('AWS::SQS::Queue', { Field: 'resources.ARN', StartsWith: [arn('sqs', 'wo')] }),
    ['sent'],
  ],
  [
    'advanced: all queues but one',
    about('AWS::SQS::Queue', { Field: 'resources.ARN', NotEquals: [arn('sqs', 'work')] }),
    [],
  ],
  [
    'advanced: what is not done',
    about('AWS::SQS::Queue', { Field: 'eventName', Equals: ['DeleteMessage'] }),
    [],
  ],
  ['advanced: by type', advanced([{ Field: 'eventType', Equals: ['AwsServiceEvent'] }]), []],
]
for (const [name, put, want] of rows)
  test(`selectors: ${name}`, () => {
    const selectors = selectorsOf({ TrailName: 'main', ...(put as object) })
    const found = Object.entries(all).filter(([, one]) => isSelected(selectors, one))
    assert.deepEqual(
      found.map(([kind]) => kind),
      want,
    )
  })
test('selectors: every row ran', () => assert.equal(rows.length, 26))

const refusals: readonly [string, Put, want: RegExp][] = [
  ['neither kind', {}, /either EventSelectors or/],
  ['both kinds', { ...basic({}), ...advanced([]) }, /either EventSelectors or/],
  ['none', basic(), /between 1 and 5/],
  ['six', basic({}, {}, {}, {}, {}, {}), /between 1 and 5/],
  ['data events of objects', basic({ DataResources: [{ Type: 'AWS::S3::Object' }] }), /cannot be selected/],
  ['no function', basic({ DataResources: functions() }), /neither the ARN/],
  ['what is no function', basic({ DataResources: functions('arn:aws:iam') }), /neither the ARN/],
  ['nothing', basic({ IncludeManagementEvents: false }), /selects nothing/],
  ['without IAM', basic({ ExcludeManagementEventSources: ['iam.amazonaws.com'] }), /cannot be excluded/],
  [
    'data events of anything',
    { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] },
    /needs the field resources.type/,
  ],
  ['data events of what is not here', about('AWS::S3::Object'), /resources.type.*takes Equals/],
  [
    'events of another category',
    { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Insight'] }] }] },
    /eventCategory.*Management or Data/,
  ],
  [
    'no category',
    { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'readOnly', Equals: ['true'] }] }] },
    /needs the field eventCategory/,
  ],
  ['a field twice', advanced([management]), /stands twice/],
  ['a field of data events', advanced([{ Field: 'resources.ARN', Equals: ['a'] }]), /does not choose/],
  ['a field of all objects', advanced([{ Field: 'constructor', Equals: ['a'] }]), /does not choose/],
  ['no condition', advanced([{ Field: 'eventName' }]), /no condition/],
  ['readOnly otherwise', advanced([{ Field: 'readOnly', NotEquals: ['true'] }]), /takes Equals/],
  ['readOnly of no truth', advanced([{ Field: 'readOnly', Equals: ['yes'] }]), /takes Equals/],
  [
    'too many values',
    advanced([{ Field: 'eventName', Equals: Array.from({ length: 500 }, (_, at) => `n${at}`) }]),
    /between 1 and 500/,
  ],
]
test('selectors: what has no effect or no meaning is refused', async (t) => {
  const { cloudtrail } = await rig(t)
  await cloudtrail.createTrail({ Name: 'main', S3BucketName: bucket })
  for (const [name, put, want] of refusals) {
    const answer = await refusal(cloudtrail.putEventSelectors({ TrailName: 'main', ...put }))
    assert.match(answer, /^InvalidEventSelectorsException/, name)
    assert.match(answer, want, name)
  }
  assert.equal(refusals.length, 20)
  const { EventSelectors } = await cloudtrail.getEventSelectors({ TrailName: 'main' })
  assert.equal(EventSelectors?.length, 1)
})

test('selectors are shown as they were put, and one kind takes the other’s place', async (t) => {
  const { cloudtrail } = await rig(t)
  await cloudtrail.createTrail({ Name: 'main', S3BucketName: bucket })
  const put: Put = {
    AdvancedEventSelectors: [
      {
        Name: 'no keys',
        FieldSelectors: [management, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }],
      },
    ],
  }
  await cloudtrail.putEventSelectors({ TrailName: 'main', ...put })
  const { $metadata: _, ...shown } = await cloudtrail.getEventSelectors({ TrailName: 'main' })
  assert.deepEqual(shown, { TrailARN: `arn:aws:cloudtrail:${home}:111122223333:trail/main`, ...put })
  assert.equal((await cloudtrail.getTrail({ Name: 'main' })).Trail?.HasCustomEventSelectors, true)
  await cloudtrail.putEventSelectors({ TrailName: 'main', EventSelectors: [{}] })
  const back = await cloudtrail.getEventSelectors({ TrailName: 'main' })
  assert.deepEqual(back.EventSelectors, [
    {
      ReadWriteType: 'All',
      IncludeManagementEvents: true,
      DataResources: [],
      ExcludeManagementEventSources: [],
    },
  ])
  assert.equal(back.AdvancedEventSelectors, undefined)
  assert.equal((await cloudtrail.getTrail({ Name: 'main' })).Trail?.HasCustomEventSelectors, false)
})
