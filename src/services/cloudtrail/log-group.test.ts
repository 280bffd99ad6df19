// Goal: a trail writes to a log group as its role and no further, tells when it may not, and goes on where it stopped.
// Method: AWS's own clients over real log groups; the runner's passes are made by the test.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { bucket, here, home, refusal, rig } from './rig.test.ts'

const logGroupName = '/trails'
const groupArn = `arn:aws:logs:${home}:${here}:log-group:${logGroupName}:*`
const logStreamName = `${here}_CloudTrail_${home}`
const mayWrite = {
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: `arn:aws:logs:${home}:${here}:log-group:${logGroupName}:log-stream:${logStreamName}*`,
}

async function withGroup(t: TestContext) {
  const made = await rig(t)
  await made.logs.createLogGroup({ logGroupName })
  const names = async (): Promise<readonly string[]> => {
    const { events = [] } = await made.logs.getLogEvents({ logGroupName, logStreamName, startFromHead: true })
    return events.map(({ message = '' }) => (JSON.parse(message) as { eventName: string }).eventName)
  }
  return { ...made, names }
}

test('a trail’s records are events of its log group', async (t) => {
  const { trail, role, iam, cloudtrail, pass, names, clock } = await withGroup(t)
  const CloudWatchLogsRoleArn = await role('trails', mayWrite)
  await trail('main', {
    CloudWatchLogsLogGroupArn: groupArn,
    CloudWatchLogsRoleArn,
    IsMultiRegionTrail: true,
  })
  await iam.createUser({ UserName: 'alice' })
  await pass()
  assert.ok((await names()).includes('CreateUser'))
  const status = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.equal(status.LatestCloudWatchLogsDeliveryTime?.getTime(), clock.nowMs)
  assert.equal(status.LatestCloudWatchLogsDeliveryError, undefined)
  await iam.deleteUser({ UserName: 'alice' })
  await pass()
  await pass()
  const found = await names()
  assert.equal(found.filter((name) => name === 'CreateUser').length, 1)
  assert.equal(found.filter((name) => name === 'DeleteUser').length, 1)
  assert.ok(!found.includes('PutLogEvents'), 'what it does itself would never come to rest')
})

test('what the role may not write waits, and the bucket does not wait with it', async (t) => {
  const { trail, role, iam, cloudtrail, pass, names, later, delivered } = await withGroup(t)
  const CloudWatchLogsRoleArn = await role('trails', mayWrite)
  await trail('main', {
    CloudWatchLogsLogGroupArn: groupArn,
    CloudWatchLogsRoleArn,
    IsMultiRegionTrail: true,
  })
  await iam.deleteRolePolicy({ RoleName: 'trails', PolicyName: 'only' })
  await iam.createUser({ UserName: 'alice' })
  assert.ok((await delivered()).some(({ eventName }) => eventName === 'CreateUser'))
  assert.deepEqual(await names(), [])
  const failed = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.match(failed.LatestCloudWatchLogsDeliveryError ?? '', /^AccessDenied/)
  assert.equal(failed.LatestDeliveryError, undefined)
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: mayWrite })
  await iam.putRolePolicy({ RoleName: 'trails', PolicyName: 'only', PolicyDocument })
  await pass()
  assert.deepEqual(await names(), [], 'it is tried again later')
  later(70_000)
  await pass()
  assert.ok((await names()).includes('CreateUser'))
  const status = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.equal(status.LatestCloudWatchLogsDeliveryError, undefined)
})

test('a stream that is gone is made again', async (t) => {
  const { trail, role, iam, logs, pass, names } = await withGroup(t)
  const CloudWatchLogsRoleArn = await role('trails', mayWrite)
  await trail('main', {
    CloudWatchLogsLogGroupArn: groupArn,
    CloudWatchLogsRoleArn,
    IsMultiRegionTrail: true,
  })
  await logs.deleteLogStream({ logGroupName, logStreamName })
  await iam.createUser({ UserName: 'alice' })
  await pass()
  assert.ok((await names()).includes('CreateUser'))
})

test('a deleted trail does not wait for ever for a group that takes nothing', async (t) => {
  const { trail, role, iam, cloudtrail, later, pass, deletedTrails } = await withGroup(t)
  const CloudWatchLogsRoleArn = await role('trails', mayWrite)
  await trail('main', { CloudWatchLogsLogGroupArn: groupArn, CloudWatchLogsRoleArn })
  await iam.deleteRolePolicy({ RoleName: 'trails', PolicyName: 'only' })
  await cloudtrail.deleteTrail({ Name: 'main' })
  await pass()
  later(200_000)
  await pass()
  assert.equal(deletedTrails().length, 1)
  later(25 * 3_600_000)
  await pass()
  assert.equal(deletedTrails().length, 0)
})

test('a group that is set later gets what happens from then on', async (t) => {
  const { trail, role, iam, cloudtrail, pass, names } = await withGroup(t)
  const CloudWatchLogsRoleArn = await role('trails', mayWrite)
  await trail('main', { IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  await cloudtrail.updateTrail({ Name: 'main', CloudWatchLogsLogGroupArn: groupArn, CloudWatchLogsRoleArn })
  await iam.deleteUser({ UserName: 'alice' })
  await pass()
  const found = await names()
  assert.deepEqual([found.includes('CreateUser'), found.includes('DeleteUser')], [false, true])
  await cloudtrail.updateTrail({
    Name: 'main',
    CloudWatchLogsLogGroupArn: '',
    CloudWatchLogsRoleArn: '',
  })
  const { Trail } = await cloudtrail.getTrail({ Name: 'main' })
  assert.deepEqual([Trail?.CloudWatchLogsLogGroupArn, Trail?.CloudWatchLogsRoleArn], [undefined, undefined])
  const status = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.equal(status.LatestCloudWatchLogsDeliveryTime, undefined)
  await iam.createUser({ UserName: 'bob' })
  await pass()
  assert.equal((await names()).length, found.length)
})

const refusals: readonly [
  string,
  group: string,
  role: 'writes' | 'denied' | 'untrusted' | 'nobody',
  want: RegExp,
][] = [
  ['a group that is not there', groupArn.replace('/trails', '/none'), 'writes', /^InvalidCloudWatchLogs/],
  [
    'a group of another Region',
    groupArn.replace(home, 'us-east-1'),
    'writes',
    /^InvalidCloudWatchLogsLogGroupArn/,
  ],
  [
    'a group of another account',
    groupArn.replace(here, '444455556666'),
    'writes',
    /^InvalidCloudWatchLogsLogGroupArn/,
  ],
  ['no group', 'arn:aws:sns:a:b:c', 'writes', /^InvalidCloudWatchLogsLogGroupArn/],
  ['a role that may not write', groupArn, 'denied', /^InvalidCloudWatchLogsRoleArn/],
  ['a role that does not trust CloudTrail', groupArn, 'untrusted', /^InvalidCloudWatchLogsRoleArn/],
  ['a role that is not there', groupArn, 'nobody', /^InvalidCloudWatchLogsRoleArn/],
]
test('a group that cannot be written to is refused', async (t) => {
  const { role, cloudtrail } = await withGroup(t)
  const roles = {
    writes: await role('writes', mayWrite),
    denied: await role('denied', { ...mayWrite, Action: 'logs:PutLogEvents' }),
    untrusted: await role('untrusted', mayWrite, 'lambda.amazonaws.com'),
    nobody: `arn:aws:iam::${here}:role/nobody`,
  }
  for (const [name, CloudWatchLogsLogGroupArn, which, want] of refusals) {
    const input = { CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: roles[which] }
    assert.match(
      await refusal(cloudtrail.createTrail({ Name: 'main', S3BucketName: bucket, ...input })),
      want,
      name,
    )
  }
  assert.equal(refusals.length, 7)
  assert.deepEqual((await cloudtrail.listTrails({})).Trails, [])
})

test('who may make trails may not hand any role to them', async (t) => {
  const { role, user } = await withGroup(t)
  const CloudWatchLogsRoleArn = await role('trails', mayWrite)
  const input = { S3BucketName: bucket, CloudWatchLogsLogGroupArn: groupArn, CloudWatchLogsRoleArn }
  const trails = { Effect: 'Allow', Action: 'cloudtrail:*', Resource: '*' }
  const maker = await user('maker', trails)
  assert.match(await refusal(maker.createTrail({ Name: 'main', ...input })), /^AccessDenied.*iam:PassRole/)
  await maker.createTrail({ Name: 'main', S3BucketName: bucket })
  assert.match(await refusal(maker.updateTrail({ Name: 'main', ...input })), /^AccessDenied.*iam:PassRole/)
  const passer = await user('passer', trails, {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: CloudWatchLogsRoleArn,
    Condition: { StringEquals: { 'iam:PassedToService': 'cloudtrail.amazonaws.com' } },
  })
  assert.equal(await refusal(passer.updateTrail({ Name: 'main', ...input })), 'no refusal')
  // The role stays, and so does the question: it would write to a group that whoever changes the trail may not write to.
  const CloudWatchLogsLogGroupArn = groupArn.replace(logGroupName, '/others')
  const moved = maker.updateTrail({ Name: 'main', CloudWatchLogsLogGroupArn })
  assert.match(await refusal(moved), /^AccessDenied.*iam:PassRole/)
  const renamed = maker.updateTrail({ Name: 'main', S3KeyPrefix: 'a' })
  assert.equal(await refusal(renamed), 'no refusal', 'the role is not asked for where it changes nothing')
})
