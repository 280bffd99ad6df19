// Goal: AWS's own policies are all there, each readable by the policy engine, and nothing else passes for one.
// Method: every policy of the data is read once; rows name the ARNs that must not be found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePolicy } from '#engines/policy/index.ts'
import { awsManagedPolicies, awsManagedPolicy } from './aws-managed.ts'

const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'

test('aws-managed: all policies are identity policies of version 2012-10-17', () => {
  let count = 0
  const ids = new Set<string>()
  for (const { id, document } of awsManagedPolicies('aws')) {
    const parsed = parsePolicy(document.text, 'identity', { versionMin: '2012-10-17' })
    assert.ok('policy' in parsed, `${document.arn}: ${JSON.stringify(parsed)}`)
    assert.equal(id, document.policyName.toLowerCase())
    assert.match(document.policyId, /^ANPA[A-Z2-7]{17}$/)
    assert.match(document.defaultVersionId, /^v[1-9][0-9]*$/)
    assert.equal(awsManagedPolicy(document.arn)?.arn, document.arn)
    ids.add(document.policyId)
    count += 1
  }
  assert.equal(count, 1594) // Source: data/managed-policies/README.md.
  assert.equal(ids.size, count)
})

test('aws-managed: the listing is sorted and goes on behind any id', () => {
  const all = [...awsManagedPolicies('aws')].map(({ id }) => id)
  assert.deepEqual(all, all.toSorted())
  assert.deepEqual(
    [...awsManagedPolicies('aws', 'administratoraccess')].at(0)?.id,
    all.find((id) => id > 'administratoraccess'),
  )
  assert.deepEqual([...awsManagedPolicies('aws', 'administratoracces')].at(0)?.id, 'administratoraccess')
  assert.deepEqual([...awsManagedPolicies('aws', 'zzz')], [])
})

test('aws-managed: a known policy', () => {
  const policy = awsManagedPolicy('arn:aws:iam::aws:policy/job-function/ViewOnlyAccess')
  assert.equal(policy?.path, '/job-function/')
  assert.equal(policy?.policyName, 'ViewOnlyAccess')
  assert.deepEqual(JSON.parse(awsManagedPolicy(administrator)?.text ?? ''), {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  })
})

test('aws-managed: in another partition a policy names resources of that partition', () => {
  const arn = 'policy/service-role/AWSLambdaSQSQueueExecutionRole'
  assert.ok(awsManagedPolicy(`arn:aws:iam::aws:${arn}`))
  const chinese = awsManagedPolicy('arn:aws-cn:iam::aws:policy/AmazonEC2ReadOnlyAccess')
  assert.equal(chinese?.arn, 'arn:aws-cn:iam::aws:policy/AmazonEC2ReadOnlyAccess')
  let naming = 0
  for (const { document } of awsManagedPolicies('aws-cn')) {
    assert.ok(!document.text.includes('"arn:aws:'), document.arn)
    if (document.text.includes('"arn:aws-cn:')) naming += 1
  }
  assert.ok(naming > 500, String(naming))
})

const rows: readonly [name: string, arn: string][] = [
  ['no ARN', 'AdministratorAccess'],
  ['a policy that AWS lacks', 'arn:aws:iam::aws:policy/AdministratorAccess2'],
  ['another path', 'arn:aws:iam::aws:policy/x/AdministratorAccess'],
  ['a path left out', 'arn:aws:iam::aws:policy/ViewOnlyAccess'],
  ['another case', 'arn:aws:iam::aws:policy/administratoraccess'],
  ['a customer', 'arn:aws:iam::123456789012:policy/AdministratorAccess'],
  ['another service', 'arn:aws:s3::aws:policy/AdministratorAccess'],
  ['a region', 'arn:aws:iam:us-east-1:aws:policy/AdministratorAccess'],
  ['another kind', 'arn:aws:iam::aws:role/AdministratorAccess'],
  ['a partition that does not exist', 'arn:aws-x:iam::aws:policy/AdministratorAccess'],
  [
    'a partition that would write itself into the document',
    'arn:aws*","x:iam::aws:policy/AmazonS3FullAccess',
  ],
  ['a property of every object', 'arn:aws:iam::aws:policy/__proto__'],
]

test('aws-managed: what is none of AWS’s policies', () => {
  for (const [name, arn] of rows) assert.equal(awsManagedPolicy(arn), undefined, name)
  assert.equal(rows.length, 12)
})
