// Goal: what makes more of few rights is had by whom it was given, and by nobody else: neither beside a boundary or a deny, nor for another
// resource. Method: a row for each operation that changes what somebody may, or whose code or credentials stand for another; those that AWS's
// service reference calls permissions management fail the test until they have one. Each is tried by six roles, as services call for them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionReference } from '#core/access/service-reference.ts'
import type { CallAnswer } from '#core/service-calls.ts'
import type { ServiceName } from '#wire/index.ts'
import { zip } from '../functions/zip.ts'
import { implementedOperations, named } from './attempts.ts'
import { type Actor, admin, type Cloud, cloudFor, home, victim } from './cloud.ts'
import { plant } from './plants.ts'

const iamArn = (resource: string) => `arn:aws:iam::${victim}:${resource}`
const arnOf = (service: string, resource: string) => `arn:aws:${service}:${home}:${victim}:${resource}`
const document = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement })
const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
const all = document(everything)
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
const planted = iamArn('policy/planted-policy')
const anybody = document({
  Effect: 'Allow',
  Principal: { AWS: iamArn('root') },
  Action: 'sts:AssumeRole',
})
const topic = arnOf('sns', 'planted-topic')
const queueUrl = `https://sqs.${home}.amazonaws.com/${victim}/planted-queue`
const queue = arnOf('sqs', 'planted-queue')
const user = { UserName: 'planted-user' }
const aRole = { RoleName: 'nobody' }
const group = { GroupName: 'planted-group' }
const lambda = { FunctionName: 'planted-function' }
const keyPolicy = document({
  ...everything,
  Action: 'kms:*',
  Principal: { AWS: iamArn('root') },
})
const sharing = { AWSAccountIds: ['444455556666'], Label: 'shared' }

type Row = readonly [operation: `${ServiceName}:${string}`, input: object | ((key: string) => object)]

/** Each is done by who may, in this order. What is undone comes after what does it. */
const rows: readonly Row[] = [
  ['iam:CreatePolicy', { PolicyName: 'made', PolicyDocument: all }],
  ['iam:CreatePolicyVersion', { PolicyArn: planted, PolicyDocument: all }],
  ['iam:SetDefaultPolicyVersion', { PolicyArn: planted, VersionId: 'v2' }],
  ['iam:DeletePolicyVersion', { PolicyArn: planted, VersionId: 'v1' }],
  ['iam:PutUserPolicy', { ...user, PolicyName: 'all', PolicyDocument: all }],
  ['iam:PutGroupPolicy', { ...group, PolicyName: 'all', PolicyDocument: all }],
  ['iam:PutRolePolicy', { ...aRole, PolicyName: 'all', PolicyDocument: all }],
  ['iam:AttachUserPolicy', { ...user, PolicyArn: administrator }],
  ['iam:AttachGroupPolicy', { ...group, PolicyArn: administrator }],
  ['iam:AttachRolePolicy', { ...aRole, PolicyArn: administrator }],
  ['iam:DetachUserPolicy', { ...user, PolicyArn: administrator }],
  ['iam:DetachGroupPolicy', { ...group, PolicyArn: administrator }],
  ['iam:DetachRolePolicy', { ...aRole, PolicyArn: administrator }],
  ['iam:DeleteUserPolicy', { ...user, PolicyName: 'all' }],
  ['iam:DeleteGroupPolicy', { ...group, PolicyName: 'all' }],
  ['iam:DeleteRolePolicy', { ...aRole, PolicyName: 'all' }],
  ['iam:PutUserPermissionsBoundary', { ...user, PermissionsBoundary: administrator }],
  ['iam:PutRolePermissionsBoundary', { ...aRole, PermissionsBoundary: administrator }],
  ['iam:DeleteUserPermissionsBoundary', user],
  ['iam:DeleteRolePermissionsBoundary', aRole],
  ['iam:UpdateAssumeRolePolicy', { ...aRole, PolicyDocument: anybody }],
  ['iam:DeletePolicy', { PolicyArn: iamArn('policy/made') }],
  ['iam:RemoveUserFromGroup', { ...user, ...group }],
  ['iam:AddUserToGroup', { ...user, ...group }],
  ['iam:CreateAccessKey', user],
  ['iam:UpdateLoginProfile', { ...user, Password: 'Another-horse-2-battery' }],
  ['iam:DeleteLoginProfile', user],
  ['iam:CreateLoginProfile', { ...user, Password: 'Correct-horse-1-battery' }],
  ['iam:TagUser', { ...user, Tags: [{ Key: 'team', Value: 'admins' }] }],
  ['iam:TagRole', { ...aRole, Tags: [{ Key: 'team', Value: 'admins' }] }],
  ['iam:UntagUser', { ...user, TagKeys: ['team'] }],
  ['iam:UntagRole', { ...aRole, TagKeys: ['team'] }],
  ['iam:CreateUser', { UserName: 'made' }],
  ['iam:CreateRole', { RoleName: 'made', AssumeRolePolicyDocument: anybody }],
  ['iam:UpdateAccountPasswordPolicy', { MinimumPasswordLength: 6 }],
  ['iam:DeleteAccountPasswordPolicy', {}],
  ['sts:AssumeRole', { RoleArn: iamArn('role/nobody'), RoleSessionName: 'attack' }],
  ['kms:PutKeyPolicy', (KeyId) => ({ KeyId, PolicyName: 'default', Policy: keyPolicy })],
  ['kms:CreateGrant', (KeyId) => ({ KeyId, GranteePrincipal: iamArn('root'), Operations: ['Decrypt'] })],
  ['lambda:UpdateFunctionCode', { ...lambda, ZipFile: zip({ name: 'index.mjs', content: 'attack' }) }],
  [
    'lambda:UpdateFunctionConfiguration',
    { ...lambda, Environment: { Variables: { NODE_OPTIONS: '--import=x' } } },
  ],
  [
    'lambda:AddPermission',
    { ...lambda, StatementId: 'in', Action: 'lambda:InvokeFunction', Principal: '444455556666' },
  ],
  ['lambda:RemovePermission', { ...lambda, StatementId: 'in' }],
  [
    'lambda:AddLayerVersionPermission',
    {
      ...{ LayerName: 'planted-layer', VersionNumber: 1, StatementId: 'in' },
      ...{ Action: 'lambda:GetLayerVersion', Principal: '*' },
    },
  ],
  [
    'lambda:RemoveLayerVersionPermission',
    { LayerName: 'planted-layer', VersionNumber: 1, StatementId: 'in' },
  ],
  ['lambda:CreateFunctionUrlConfig', { ...lambda, Qualifier: 'planted-live', AuthType: 'NONE' }],
  ['lambda:UpdateFunctionUrlConfig', { ...lambda, AuthType: 'NONE' }],
  [
    'lambda:PutFunctionEventInvokeConfig',
    { ...lambda, DestinationConfig: { OnSuccess: { Destination: queue } } },
  ],
  [
    'events:PutPermission',
    { EventBusName: 'planted-bus', StatementId: 'in', Action: 'events:PutEvents', Principal: '444455556666' },
  ],
  ['events:RemovePermission', { EventBusName: 'planted-bus', StatementId: 'in' }],
  [
    'logs:PutResourcePolicy',
    {
      policyName: 'in',
      policyDocument: document({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'logs:PutLogEvents',
        Resource: '*',
      }),
    },
  ],
  ['logs:DeleteResourcePolicy', { policyName: 'in' }],
  [
    'sns:AddPermission',
    { TopicArn: topic, ...sharing, AWSAccountId: ['444455556666'], ActionName: ['Publish'] },
  ],
  ['sns:RemovePermission', { TopicArn: topic, Label: 'shared' }],
  ['sns:SetTopicAttributes', { TopicArn: topic, AttributeName: 'DisplayName', AttributeValue: 'a' }],
  ['sqs:AddPermission', { QueueUrl: queueUrl, ...sharing, Actions: ['SendMessage'] }],
  ['sqs:RemovePermission', { QueueUrl: queueUrl, Label: 'shared' }],
  ['sqs:SetQueueAttributes', { QueueUrl: queueUrl, Attributes: { VisibilityTimeout: '31' } }],
]

/** Permissions management, by the reference, that is tried elsewhere or takes away alone. */
const elsewhere: Readonly<Record<string, string>> = {
  'kms:RetireGrant': 'the grant says who may: src/services/kms/retire-grant.test.ts',
  'kms:RevokeGrant': 'src/services/kms/grants.test.ts',
  'wafv2:PutPermissionPolicy':
    'shares a rule group with an account, which may then use it: src/services/wafv2',
  'wafv2:DeletePermissionPolicy': 'as above',
}

/** Operations that a principal cannot do for lack of the action: those that try, and why it must be refused. */
async function refusedOf(
  cloud: Cloud,
  action: string,
  boundary: string,
): Promise<readonly (readonly [string, Actor])[]> {
  const { roleOf } = cloud
  const deny = { Effect: 'Deny', Action: action, Resource: '*' }
  const others = { Effect: 'Allow', NotAction: action, Resource: '*' }
  const service = action.split(':', 1)[0] ?? ''
  const elsewhere = `arn:aws:${service}:${['iam', 'sts'].includes(service) ? '' : '*'}:999999999999:*`
  return [
    ['who may everything else', await roleOf('others', [others])],
    ['an explicit deny', await roleOf('denied', [everything, deny])],
    ['a boundary without it', await roleOf('bounded', [everything], boundary)],
    [
      'another resource',
      await roleOf('limited', [others, { ...everything, Action: action, Resource: elsewhere }]),
    ],
    [
      'a condition that does not hold',
      await roleOf('conditional', [
        others,
        {
          ...everything,
          Action: action,
          Condition: { StringEquals: { 'aws:PrincipalTag/team': 'admins' } },
        },
      ]),
    ],
  ]
}

const code = (answer: CallAnswer) => (answer.ok ? 'ok' : `${answer.fault.code}: ${answer.fault.message}`)

test('an escalating operation is done by whom it was given, and by nobody else', async (t) => {
  const cloud = await cloudFor(t)
  await plant(cloud)
  const made = await cloud.call(admin(victim), 'kms', 'CreateKey', {})
  assert.ok(made.ok)
  const { KeyId } = (made.output as { readonly KeyMetadata: { readonly KeyId: string } }).KeyMetadata // CreateKey's own answer.
  for (const [operation, given] of rows) {
    const [service, name] = operation.split(':') as [ServiceName, string] // As the rows' type says.
    const action = operation
    const input = typeof given === 'function' ? given(KeyId) : given
    const PolicyName = `without-${operation.replace(':', '-')}`
    const PolicyDocument = document({ Effect: 'Allow', NotAction: action, Resource: '*' })
    const boundary = await cloud.call(admin(victim), 'iam', 'CreatePolicy', { PolicyName, PolicyDocument })
    assert.ok(boundary.ok, code(boundary))
    for (const [why, actor] of await refusedOf(cloud, action, iamArn(`policy/${PolicyName}`))) {
      const { answer, changes } = await cloud.changesOf(() => cloud.call(actor, service, name, input))
      assert.match(code(answer), /^AccessDenied/, `${operation}: ${why}`)
      assert.match(code(answer), new RegExp(`to perform: ${action} on`), `${operation}: ${why}`)
      assert.deepEqual(
        changes.filter(({ type }) => type !== 'arrival'),
        [],
        `${operation}: ${why}`,
      )
    }
    // Its helpers: what else the operation asks for, as AWS's does, is not what is tried.
    const has = await cloud.roleOf('has', [{ ...everything, Action: [action, 'iam:PassRole', 'kms:*'] }])
    assert.equal(code(await cloud.call(has, service, name, input)), 'ok', operation)
  }
  assert.equal(rows.length, 58)
  const managing = implementedOperations(cloud)
    .map(named)
    .filter((action) => actionReference(action)?.level.includes('Permissions management'))
  const known = new Set([...rows.map(([operation]) => operation as string), ...Object.keys(elsewhere)])
  assert.deepEqual(
    managing.filter((action) => !known.has(action)),
    [],
    'permissions management without a row',
  )
  assert.ok(managing.length > 35, `${managing.length} operations manage permissions`)
  assert.deepEqual(cloud.bugs(), [])
})
