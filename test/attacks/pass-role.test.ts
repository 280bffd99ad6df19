// Goal: nobody gives a service a role that he may not pass: each operation that takes a role asks iam:PassRole on that role.
// Method: the operations are found in AWS's models, by members that are a role's ARN; each that is implemented is called by a role that may
// everything but pass roles, and by one that may that too. What is found and not in the table fails, so does what is in the table and not found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationModel } from '#wire/index.ts'
import type { Shape } from '#wire/shapes.ts'
import { zip } from '../functions/zip.ts'
import { implementedOperations, named } from './attempts.ts'
import { admin, cloudFor, home, victim } from './cloud.ts'
import { plant } from './plants.ts'

const role = `arn:aws:iam::${victim}:role/nobody`
const queue = `arn:aws:sqs:${home}:${victim}:planted-queue`
const logs = {
  CloudWatchLogsLogGroupArn: `arn:aws:logs:${home}:${victim}:log-group:planted-logs:*`,
  CloudWatchLogsRoleArn: role,
}
const schedule = {
  ...{ ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' } },
  Target: { Arn: queue, RoleArn: role },
}
const Code = { ZipFile: zip({ name: 'index.mjs', content: 'export const handler = () => 1' }) }

/** A call that passes a role, of each operation that takes one. */
const passing: Readonly<Record<string, object>> = {
  'cloudtrail:CreateTrail': { Name: 'passed', S3BucketName: 'passed-bucket', ...logs },
  'cloudtrail:UpdateTrail': { Name: 'planted-trail', ...logs },
  'ec2:CreateFlowLogs': {
    ...{ ResourceType: 'VPC', ResourceIds: ['vpc-0'], TrafficType: 'ALL' },
    ...{ LogGroupName: 'planted-logs', DeliverLogsPermissionArn: role },
  },
  'events:PutRule': { Name: 'passed', EventPattern: '{"source":["a"]}', RoleArn: role },
  'events:PutTargets': { Rule: 'planted-rule', Targets: [{ Id: 'a', Arn: queue, RoleArn: role }] },
  'iam:AddRoleToInstanceProfile': { InstanceProfileName: 'planted-profile', RoleName: 'nobody' },
  'lambda:CreateFunction': {
    ...{ FunctionName: 'passed', Role: role, Runtime: 'nodejs24.x', Handler: 'index.handler', Code },
  },
  'lambda:UpdateFunctionConfiguration': { FunctionName: 'planted-function', Role: role },
  'scheduler:CreateSchedule': { Name: 'passed', ...schedule },
  'scheduler:UpdateSchedule': { Name: 'planted-schedule', GroupName: 'default', ...schedule },
}

/** Operations that name a role and give it to no service. */
const exempt: Readonly<Record<string, string>> = {
  'logs:PutDeliveryDestination': 'refuses a role: it has none of the destinations that want one',
  'logs:PutSubscriptionFilter':
    'refuses a role: its destinations are functions, which let it in by their policies',
  'sts:AssumeRole': 'the trust policy of the role decides',
}

function takesRole({ service, name, input }: OperationModel): boolean {
  if (service === 'iam') return name === 'AddRoleToInstanceProfile' // All others act on the role itself.
  return hasRole(input, new Set())
}

function hasRole(shape: Shape, seen: Set<Shape>): boolean {
  if (seen.has(shape)) return false
  seen.add(shape)
  if (shape.type === 'list') return hasRole(shape.member.shape, seen)
  if (shape.type === 'map') return hasRole(shape.value.shape, seen)
  if (shape.type !== 'structure') return false
  return shape.members.some(
    (member) =>
      (member.shape.type === 'string' && /rolearn$|^role$|permissionarn$|accountrole$/i.test(member.name)) ||
      hasRole(member.shape, seen),
  )
}

test('each operation that takes a role asks for leave to pass it', async (t) => {
  const cloud = await cloudFor(t)
  await plant(cloud)
  const taking = implementedOperations(cloud).filter(takesRole)
  assert.deepEqual(taking.map(named).toSorted(), [...Object.keys(passing), ...Object.keys(exempt)].toSorted())
  let asked = 0
  for (const { service, name } of taking) {
    const title = `${service}:${name}`
    const input = passing[title]
    if (input === undefined) continue
    const passes = { ...admin(victim), role: 'passes' }
    const { answer, changes } = await cloud.changesOf(() => cloud.call(passes, service, name, input))
    assert.ok(!answer.ok, title)
    const { code, message } = answer.fault
    assert.equal(code, 'AccessDenied', `${title}: ${message}`)
    assert.match(
      message,
      /not authorized to perform: iam:PassRole on resource: arn:aws:iam::\d+:role\/nobody /,
      title,
    )
    assert.deepEqual(
      changes.filter(({ type }) => type !== 'arrival'),
      [],
      title,
    )
    const allowed = await cloud.call(admin(victim), service, name, input)
    assert.ok(allowed.ok || allowed.fault.code !== 'AccessDenied', `${title} with leave`)
    asked += 1
  }
  assert.equal(asked, 10)
})
