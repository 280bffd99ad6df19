// Goal: targets are sent what AWS documents of an event, and an event cannot write the template.
// Method: the documentation's examples and what AWS was seen to deliver as rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathValue, transformInput, transformerProblem } from '../index.ts'

const event = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2015-11-11T21:29:54Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111'],
  detail: {
    'instance-id': 'i-0123456789',
    state: 'RUNNING',
    list: [{ a: 1 }, { a: 2 }],
    count: 5,
    none: null,
  },
}
const InputPathsMap = {
  instance: '$.detail.instance-id',
  state: '$.detail.state',
  timestamp: '$.time',
  detail: '$.detail',
  list: '$.detail.list',
  count: '$.detail.count',
  none: '$.detail.none',
  missing: '$.detail.missing',
}
const predefined = {
  'aws.events.rule-arn': 'arn:aws:events:us-east-2:123456789012:rule/example',
  'aws.events.rule-name': 'example',
  'aws.events.event.ingestion-time': '2015-11-11T21:29:55Z',
}
const transform = (InputTemplate: string, given: unknown = event): string => {
  const input = transformInput({ InputPathsMap, InputTemplate }, given, predefined)
  assert(input !== undefined)
  return input
}

/** Source: EventBridge User Guide, "Input transformation", "Input transform examples" and "Common issues". */
const rows: readonly [why: string, template: string, want: string][] = [
  ['a simple string', '"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'],
  [
    'escaped quotes',
    '"instance \\"<instance>\\" is in <state>"',
    '"instance \\"i-0123456789\\" is in RUNNING"',
  ],
  [
    'JSON',
    '{\n  "instance" : <instance>,\n  "state": <state>\n}',
    '{"instance":"i-0123456789","state":"RUNNING"}',
  ],
  [
    'variables in quotes',
    '{"state": "<state>", "s": "in \\"<state>\\""}',
    '{"state":"RUNNING","s":"in \\"RUNNING\\""}',
  ],
  [
    'a mix',
    '{"state": [ 9, <state>, true ], "T" : "Yes it is"}',
    '{"state":[9,"RUNNING",true],"T":"Yes it is"}',
  ],
  ['numbers, null, lists', '{"c":<count>,"n":<none>,"l":<list>}', '{"c":5,"n":null,"l":[{"a":1},{"a":2}]}'],
  ['a missing path in text', '"of <missing>"', '"of "'],
  ['a missing path in JSON', '{"m": <missing>}', '{"m":""}'],
  ['a missing path in a string of JSON', '{"m": "of <missing>"}', '{"m":"of "}'],
  ['an object in a string loses its quotes', '"<list> <count>"', '"[{a:1},{a:2}] 5"'],
  ['the rule', '{"arn":<aws.events.rule-arn>}', `{"arn":"${predefined['aws.events.rule-arn']}"}`],
  ['the rule in text', '"<aws.events.rule-name> triggered"', '"example triggered"'],
  ['the time', '"at <aws.events.event.ingestion-time>"', '"at 2015-11-11T21:29:55Z"'],
  ['several lines', '"<state>"\n"<count>"', '"RUNNING"\n"5"'],
  ['special characters', '"{[/Check <state>"', '"{[/Check RUNNING"'],
  ['a name that nothing defines', '"<other> <constructor>"', '" "'],
  ['what is no placeholder', '"1 < 2 and <a b>"', '"1 < 2 and <a b>"'],
]

test('templates', () => {
  for (const [why, template, want] of rows) assert.equal(transform(template), want, why)
  assert.equal(rows.length, 17)
})

test('the event, whole and without its detail', () => {
  const template = '{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}'
  const { 'detail-type': detailType, detail: _, ...rest } = event
  assert.deepEqual(JSON.parse(transform(template)), {
    originalEvent: { ...rest, detailType },
    originalEventJson: event,
  })
})

test('an event cannot write the template', () => {
  const hostile = { detail: { state: '","admin":"yes', 'instance-id': '<state>\\' } }
  assert.deepEqual(JSON.parse(transform('{"a":"<state>","b":<state>,"c":"<instance>"}', hostile)), {
    a: hostile.detail.state,
    b: hostile.detail.state,
    c: '<state>\\',
  })
  assert.equal(JSON.parse(transform('"<state>"', hostile)), hostile.detail.state)
})

/** Source: EventBridge User Guide, "Input transformation", supported path syntax. */
const paths: readonly [path: string, want: unknown][] = [
  ['$', event],
  ['$.detail', event.detail],
  ['$.detail-type', event['detail-type']],
  ['$.detail.list[1].a', 2],
  ['$.detail.list[*].a', [1, 2]],
  ['$.detail.list.*.a', [1, 2]],
  ['$.detail.list[*].b', []],
  ['$.detail.list[2]', undefined],
  ['$.detail.none', null],
  ['$.detail.none.x', undefined],
  ['$.detail.constructor', undefined],
  ['$.__proto__', undefined],
  ['$.resources[0]', event.resources[0]],
  ['$.resources.length', undefined],
  ['detail', undefined],
  ['$detail', undefined],
  ['$.', undefined],
  ['$..a', undefined],
  ["$['detail']", undefined],
]

test('paths', () => {
  for (const [path, want] of paths) assert.deepEqual(pathValue(path, event), want, path)
  assert.equal(paths.length, 19)
})

/** Source: answers of PutTargets. */
const problems: readonly [why: string, template: string, want: string | undefined][] = [
  ['known placeholders', '{"a":<state>,"b":"<aws.events.rule-name>"}', undefined],
  ['strings on lines', '"a"\n"b <state>"', undefined],
  ['an unknown placeholder', '"<other>"', 'InputTemplate for target T1 contains invalid placeholder other.'],
  [
    'an inherited name',
    '"<constructor>"',
    'InputTemplate for target T1 contains invalid placeholder constructor.',
  ],
  ['text without quotes', 'is <state>', 'Invalid InputTemplate for target T1 : is <state>.'],
  ['a placeholder as a name', '{<state>:1}', 'Invalid InputTemplate for target T1 : {<state>:1}.'],
  ['no JSON', '{"a":}', 'Invalid InputTemplate for target T1 : {"a":}.'],
]

test('what PutTargets refuses', () => {
  for (const [why, InputTemplate, want] of problems)
    assert.equal(transformerProblem({ InputPathsMap, InputTemplate }, 'T1'), want, why)
  assert.equal(problems.length, 7)
  const withPath = (name: string, path: string): string | undefined =>
    transformerProblem({ InputPathsMap: { [name]: path }, InputTemplate: '"x"' }, 'T1')
  assert.match(withPath('AWS.x', '$.a') ?? '', /reserved name AWS\.x/)
  assert.equal(withPath('x', 'a'), 'Invalid InputPath for target T1 : a.')
})

test('an input longer than any target takes is none, and takes bounded time', () => {
  const start = performance.now()
  const large = { detail: { list: 'x'.repeat(250_000) } }
  const many = (InputTemplate: string): unknown =>
    transformInput({ InputPathsMap, InputTemplate }, large, predefined)
  assert.equal(many(`"${'<list>'.repeat(1365)}"`), undefined)
  assert.equal(many(`[${'<list>,'.repeat(1000)}1]`), undefined)
  assert.equal(typeof many(`"${'<list>'.repeat(4)}"`), 'string')
  assert.equal(typeof many(`"${'<'.repeat(8000)}"`), 'string')
  assert(performance.now() - start < 2000)
})
