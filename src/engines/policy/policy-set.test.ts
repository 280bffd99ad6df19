// Goal: merging, indexing and remembering change nothing about what matches; memory and time stay bounded.
// Method: rows for actions and resources; many policies at once against each alone; more actions than are remembered.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { compile, decide, parsePolicy, type NamedPolicy, type Request } from './index.ts'

function policy(statement: object, version = '2012-10-17'): NamedPolicy {
  const parsed = parsePolicy(JSON.stringify({ Version: version, Statement: statement }), 'identity')
  if ('problems' in parsed) assert.fail(JSON.stringify(parsed.problems))
  return { name: 'p', policy: parsed.policy }
}

const account = '111122223333'
function call(action: string, resource: string, facts: Readonly<Record<string, string>> = {}): Request {
  const principal = { kind: 'user', arn: `arn:aws:iam::${account}:user/u`, account } as const
  return { principal, action, resource, resourceAccount: account, context: new Map(Object.entries(facts)) }
}

const name = { 'aws:username': 'ann' }
const hostile = { 'aws:username': '*' }
const rows: readonly [text: string, statement: object, request: Request, want: boolean, version?: string][] =
  [
    ['actions ignore case', { Action: 'S3:Getobject', Resource: '*' }, call('s3:GetObject', '*'), true],
    [
      'a wildcard in the middle of an action',
      { Action: 's3:*Obj??t', Resource: '*' },
      call('s3:GetObject', '*'),
      true,
    ],
    [
      'a vendor is not a prefix',
      { Action: 's3:*', Resource: '*' },
      call('s3-outposts:GetObject', '*'),
      false,
    ],
    ['NotAction', { NotAction: ['s3:*', 'iam:*'], Resource: '*' }, call('ec2:Run', '*'), true],
    ['NotAction, listed', { NotAction: ['s3:*', 'iam:*'], Resource: '*' }, call('IAM:GetUser', '*'), false],
    [
      'resources count case',
      { Action: '*', Resource: 'arn:aws:s3:::B' },
      call('s3:x', 'arn:aws:s3:::b'),
      false,
    ],
    [
      'a * reaches beyond a colon',
      { Action: '*', Resource: 'arn:aws:ec2:*:instance/*' },
      call('ec2:x', 'arn:aws:ec2:eu:1:instance/i'),
      true,
    ],
    [
      'a short ARN means any rest',
      { Action: '*', Resource: 'arn:aws:sqs' },
      call('sqs:x', 'arn:aws:sqs:eu:1:q'),
      true,
    ],
    [
      'no resource in particular needs *',
      { Action: '*', Resource: 'arn:aws:s3:::b' },
      call('s3:ListAllMyBuckets', '*'),
      false,
    ],
    [
      'NotResource',
      { Action: '*', NotResource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
      call('s3:x', 'arn:aws:s3:::c'),
      true,
    ],
    [
      'NotResource, listed',
      { Action: '*', NotResource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
      call('s3:x', 'arn:aws:s3:::b'),
      false,
    ],
    [
      'a variable',
      { Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}/*' },
      call('s3:x', 'arn:aws:s3:::b/ann/y', name),
      true,
    ],
    [
      'a variable, other value',
      { Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}/*' },
      call('s3:x', 'arn:aws:s3:::b/bob/y', name),
      false,
    ],
    [
      'a variable is never a wildcard',
      { Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}/*' },
      call('s3:x', 'arn:aws:s3:::b/bob/y', hostile),
      false,
    ],
    [
      'a variable without value',
      { Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}' },
      call('s3:x', 'arn:aws:s3:::b/'),
      false,
    ],
    [
      'NotResource with a variable without value',
      { Action: '*', NotResource: 'arn:aws:s3:::b/${aws:username}' },
      call('s3:x', 'arn:aws:s3:::c'),
      false,
    ],
    [
      'a default',
      { Action: '*', Resource: "arn:aws:s3:::b/${aws:username, 'none'}" },
      call('s3:x', 'arn:aws:s3:::b/none'),
      true,
    ],
    [
      'a literal star',
      { Action: '*', Resource: 'arn:aws:s3:::b/${*}' },
      call('s3:x', 'arn:aws:s3:::b/c'),
      false,
    ],
    [
      '2008: variables are text',
      { Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}' },
      call('s3:x', 'arn:aws:s3:::b/ann', name),
      false,
      '2008-10-17',
    ],
    [
      '2008: the text itself',
      { Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}' },
      call('s3:x', 'arn:aws:s3:::b/${aws:username}', name),
      true,
      '2008-10-17',
    ],
    [
      '2008: a star in braces is a wildcard',
      { Action: '*', Resource: 'arn:aws:s3:::b/${*}' },
      call('s3:x', 'arn:aws:s3:::b/${c}'),
      true,
      '2008-10-17',
    ],
  ]

test('policy set: what actions and resources match', () => {
  for (const [text, statement, request, want, version] of rows) {
    const layers = { identity: compile([policy({ Effect: 'Allow', ...statement }, version)]) }
    assert.equal(decide(request, layers).decision, want ? 'Allow' : 'Deny', text)
  }
  assert.equal(rows.length, 21)
})

test('policy set: many policies together say what each would alone', () => {
  // Prefixes of many lengths, so that some are cut to fit the index's few.
  const resources = Array.from(
    { length: 60 },
    (_, index) => `arn:aws:s3:::${'b'.repeat(index % 23)}${index % 7}/*`,
  )
  const named = [...resources, '*', 'arn:aws:s3:::${aws:username}*', 'arn:aws:s3'].map((resource, index) =>
    policy({
      Effect: 'Allow',
      Action: index % 2 === 0 ? 's3:*' : 's3:Get*',
      Resource: [resource, 'arn:aws:s3:::common'],
    }),
  )
  const some = named.filter((_, index) => index !== 60 && index !== 62)
  const together = compile(some)
  let allowed = 0
  for (const resource of [
    ...resources.map((pattern) => pattern.replace('*', 'x')),
    'arn:aws:s3:::common',
    'arn:aws:s3:::ann1',
    'arn:aws:s3',
    '*',
    '',
  ]) {
    for (const action of ['s3:GetObject', 's3:PutObject']) {
      const request = call(action, resource, name)
      const want = some.some((one) => decide(request, { identity: compile([one]) }).decision === 'Allow')
      assert.equal(
        decide(request, { identity: together }).decision,
        want ? 'Allow' : 'Deny',
        `${action} ${resource}`,
      )
      if (want) allowed += 1
    }
  }
  assert.ok(allowed > 60 && allowed < 130, `${allowed} allowed`)
})

test('policy set: more actions than it remembers change nothing', () => {
  const identity = compile([policy({ Effect: 'Allow', Action: 's3:Get*', Resource: '*' })])
  for (let index = 0; index < 3000; index += 1) {
    assert.equal(decide(call(`s3:Get${index}`, '*'), { identity }).decision, 'Allow')
    assert.equal(decide(call(`s3:Put${index}`, '*'), { identity }).decision, 'Deny')
  }
})

test('policy set: what is remembered of actions takes no more memory than some times the set', async () => {
  const entry = new URL('../../../test/policy-model/ask-many-actions.ts', import.meta.url)
  const worker = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: 96 } })
  const [denied] = await once(worker, 'message') // Rejects with the error of a thread that ran out of memory.
  assert.equal(denied, 100 * 500)
})

test('policy set: a thousand wildcards decide in bounded time', () => {
  const pattern = `${'a*'.repeat(1000)}c`
  const identity = compile([
    policy({ Effect: 'Allow', Action: `s3:${pattern}`, Resource: '*' }),
    policy({ Effect: 'Allow', Action: '*', Resource: `arn:aws:s3:::${pattern}` }),
  ])
  const start = performance.now()
  for (let index = 0; index < 20; index += 1) {
    const request = call(`s3:${'a'.repeat(2000)}${index}`, `arn:aws:s3:::${'a'.repeat(2000)}`)
    assert.equal(decide(request, { identity }).decision, 'Deny')
  }
  assert.ok(performance.now() - start < 1000)
})
