// Goal: trails are made, changed, shown and deleted as AWS says, by whom may; what would not be enforced is refused.
// Method: AWS's own client through a pipeline in this process.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CloudTrail, CreateTrailCommandInput } from '@aws-sdk/client-cloudtrail'
import { bucket, here, home, refusal, rig } from './rig.test.ts'

const arnOf = (name: string, region = home) => `arn:aws:cloudtrail:${region}:${here}:trail/${name}`

test('a trail from its making to its end', async (t) => {
  const { cloudtrail } = await rig(t)
  const TagsList = [{ Key: 'team', Value: 'red' }]
  const { $metadata: _, ...made } = await cloudtrail.createTrail({
    Name: 'main',
    S3BucketName: bucket,
    TagsList,
  })
  assert.deepEqual(made, {
    Name: 'main',
    S3BucketName: bucket,
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: false,
    TrailARN: arnOf('main'),
    LogFileValidationEnabled: false,
    IsOrganizationTrail: false,
  })
  const status = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.deepEqual([status.IsLogging, status.TimeLoggingStarted], [false, ''])
  await cloudtrail.updateTrail({ Name: 'main', S3KeyPrefix: 'a/b', IsMultiRegionTrail: true })
  const { Trail } = await cloudtrail.getTrail({ Name: arnOf('main') })
  assert.deepEqual(Trail, {
    ...made,
    S3KeyPrefix: 'a/b',
    IsMultiRegionTrail: true,
    HomeRegion: home,
    HasCustomEventSelectors: false,
    HasInsightSelectors: false,
  })
  await cloudtrail.updateTrail({ Name: 'main', S3KeyPrefix: '' })
  assert.equal((await cloudtrail.getTrail({ Name: 'main' })).Trail?.S3KeyPrefix, undefined)
  await cloudtrail.addTags({ ResourceId: arnOf('main'), TagsList: [{ Key: 'cost', Value: '1' }] })
  await cloudtrail.removeTags({ ResourceId: arnOf('main'), TagsList: [{ Key: 'team' }] })
  const { ResourceTagList } = await cloudtrail.listTags({ ResourceIdList: [arnOf('main')] })
  assert.deepEqual(ResourceTagList, [{ ResourceId: arnOf('main'), TagsList: [{ Key: 'cost', Value: '1' }] }])
  await cloudtrail.deleteTrail({ Name: 'main' })
  assert.deepEqual((await cloudtrail.listTrails({})).Trails, [])
})

test('a trail of all Regions shows in each, and is changed at home alone', async (t) => {
  const { cloudtrail, trailClient } = await rig(t)
  const elsewhere = trailClient('us-west-2')
  await cloudtrail.createTrail({ Name: 'all', S3BucketName: bucket, IsMultiRegionTrail: true })
  await cloudtrail.createTrail({ Name: 'one', S3BucketName: bucket })
  const namesOf = async (client: CloudTrail, input: Parameters<CloudTrail['describeTrails']>[0]) =>
    (await client.describeTrails(input)).trailList?.map(({ Name }) => Name)
  assert.deepEqual(await namesOf(cloudtrail, {}), ['all', 'one'])
  assert.deepEqual(await namesOf(elsewhere, {}), ['all'])
  assert.deepEqual(await namesOf(elsewhere, { includeShadowTrails: false }), [])
  assert.deepEqual(await namesOf(elsewhere, { trailNameList: [arnOf('all'), arnOf('one'), 'all'] }), ['all'])
  const { Trails } = await elsewhere.listTrails({})
  assert.deepEqual(
    Trails?.map(({ Name, HomeRegion }) => [Name, HomeRegion]),
    [
      ['all', home],
      ['one', home],
    ],
  )
  assert.equal((await elsewhere.getTrailStatus({ Name: arnOf('all') })).IsLogging, false)
  const Name = arnOf('all')
  const changes = [
    elsewhere.updateTrail({ Name, S3BucketName: 'other' }),
    elsewhere.startLogging({ Name }),
    elsewhere.stopLogging({ Name }),
    elsewhere.deleteTrail({ Name }),
    elsewhere.putEventSelectors({ TrailName: Name, EventSelectors: [{}] }),
    elsewhere.addTags({ ResourceId: Name, TagsList: [{ Key: 'a' }] }),
    elsewhere.removeTags({ ResourceId: Name, TagsList: [{ Key: 'a' }] }),
  ]
  for (const change of changes) assert.match(await refusal(change), /^InvalidHomeRegionException/)
  assert.match(await refusal(elsewhere.getTrail({ Name: arnOf('one') })), /^TrailNotFoundException/)
  assert.match(await refusal(elsewhere.getTrail({ Name: 'all' })), /^TrailNotFoundException/)
})

const given = { Name: 'main', S3BucketName: bucket }
const refusals: readonly [string, CreateTrailCommandInput, want: RegExp][] = [
  ['a name too short', { ...given, Name: 'ab' }, /^InvalidTrailNameException/],
  ['a name with two dots', { ...given, Name: 'a..b' }, /^InvalidTrailNameException/],
  ['a name with a slash', { ...given, Name: 'a/b/c' }, /^InvalidTrailNameException/],
  ['a name that ends with a hyphen', { ...given, Name: 'abc-' }, /^InvalidTrailNameException/],
  ['an address as name', { ...given, Name: '192.168.5.4' }, /^InvalidTrailNameException/],
  ['a topic', { ...given, SnsTopicName: 'news' }, /^InvalidSnsTopicNameException/],
  ['a key', { ...given, KmsKeyId: 'alias/a' }, /^InvalidKmsKeyIdException/],
  ['an organization', { ...given, IsOrganizationTrail: true }, /^OrganizationsNotInUseException/],
  ['digests', { ...given, EnableLogFileValidation: true }, /^UnsupportedOperationException/],
  [
    'all Regions without global services',
    { ...given, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false },
    /^InvalidParameterCombinationException/,
  ],
  [
    'a group without role',
    { ...given, CloudWatchLogsLogGroupArn: `arn:aws:logs:${home}:${here}:log-group:a:*` },
    /^InvalidParameterCombinationException/,
  ],
  ['a tag twice', { ...given, TagsList: [{ Key: 'a' }, { Key: 'a' }] }, /^InvalidTagParameterException/],
  ['a tag of AWS', { ...given, TagsList: [{ Key: 'aws:a' }] }, /^InvalidTagParameterException/],
]
test('what cannot be is refused, and leaves no trail', async (t) => {
  const { cloudtrail } = await rig(t)
  for (const [name, input, want] of refusals)
    assert.match(await refusal(cloudtrail.createTrail(input)), want, name)
  assert.equal(refusals.length, 13)
  assert.deepEqual((await cloudtrail.listTrails({})).Trails, [])
  await cloudtrail.createTrail(given)
  assert.match(await refusal(cloudtrail.createTrail(given)), /^TrailAlreadyExistsException/)
  for (const [name, input, want] of refusals.slice(5, 9))
    assert.match(await refusal(cloudtrail.updateTrail(input)), want, name)
  assert.match(
    await refusal(cloudtrail.getTrail({ Name: 'none' })),
    /^TrailNotFoundException: Unknown trail: arn:/,
  )
  assert.match(await refusal(cloudtrail.getTrail({ Name: 'arn:aws:sns:a:b:c' })), /^CloudTrailARNInvalid/)
})

test('a Region has five trails at most, those of all Regions among them', async (t) => {
  const { cloudtrail, trailClient } = await rig(t)
  await trailClient('us-west-2').createTrail({ ...given, IsMultiRegionTrail: true })
  for (const Name of ['t-1', 't-2', 't-3', 't-4']) await cloudtrail.createTrail({ ...given, Name })
  assert.match(
    await refusal(cloudtrail.createTrail({ ...given, Name: 't-5' })),
    /^MaximumNumberOfTrailsExceededException/,
  )
})

type Ask = (client: CloudTrail) => Promise<unknown>
const Name = arnOf('main')
const allowed: readonly [action: string, resource: string, Ask][] = [
  ['CreateTrail', arnOf('new'), (client) => client.createTrail({ Name: 'new', S3BucketName: bucket })],
  ['UpdateTrail', Name, (client) => client.updateTrail({ Name, S3BucketName: 'other' })],
  ['GetTrail', Name, (client) => client.getTrail({ Name })],
  ['GetTrailStatus', Name, (client) => client.getTrailStatus({ Name })],
  ['StartLogging', Name, (client) => client.startLogging({ Name })],
  ['StopLogging', Name, (client) => client.stopLogging({ Name })],
  [
    'PutEventSelectors',
    Name,
    (client) => client.putEventSelectors({ TrailName: Name, EventSelectors: [{}] }),
  ],
  ['GetEventSelectors', Name, (client) => client.getEventSelectors({ TrailName: Name })],
  ['AddTags', Name, (client) => client.addTags({ ResourceId: Name, TagsList: [{ Key: 'a' }] })],
  ['RemoveTags', Name, (client) => client.removeTags({ ResourceId: Name, TagsList: [{ Key: 'a' }] })],
  ['ListTags', Name, (client) => client.listTags({ ResourceIdList: [Name] })],
  ['DescribeTrails', '*', (client) => client.describeTrails({})],
  ['ListTrails', '*', (client) => client.listTrails({})],
  ['DeleteTrail', Name, (client) => client.deleteTrail({ Name })],
]
test('each operation needs its own action on its own trail', async (t) => {
  const { cloudtrail, user } = await rig(t)
  await cloudtrail.createTrail(given)
  const nobody = await user('nobody', { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' })
  for (const [action, , ask] of allowed) assert.match(await refusal(ask(nobody)), /^AccessDenied/, action)
  for (const [action, resource, ask] of allowed) {
    const who = await user(`may-${action}`, {
      Effect: 'Allow',
      Action: `cloudtrail:${action}`,
      Resource: resource,
    })
    if (resource !== '*') {
      const other = await user(`other-${action}`, {
        Effect: 'Allow',
        Action: `cloudtrail:${action}`,
        Resource: arnOf('other'),
      })
      assert.match(await refusal(ask(other)), /^AccessDenied/, action)
    }
    assert.equal(await refusal(ask(who)), 'no refusal', action)
  }
  assert.equal(allowed.length, 14)
})

test('tags decide, and tagging when a trail is made needs AddTags', async (t) => {
  const { cloudtrail, user } = await rig(t)
  await cloudtrail.createTrail({ ...given, TagsList: [{ Key: 'team', Value: 'red' }] })
  const red = await user('red', {
    Effect: 'Allow',
    Action: 'cloudtrail:*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
  })
  assert.equal(await refusal(red.startLogging({ Name: 'main' })), 'no refusal')
  await cloudtrail.removeTags({ ResourceId: Name, TagsList: [{ Key: 'team' }] })
  assert.match(await refusal(red.stopLogging({ Name: 'main' })), /^AccessDenied/)
  const maker = await user('maker', { Effect: 'Allow', Action: 'cloudtrail:CreateTrail', Resource: '*' })
  const tagged = { Name: 'tagged', S3BucketName: bucket, TagsList: [{ Key: 'a', Value: 'b' }] }
  assert.match(await refusal(maker.createTrail(tagged)), /^AccessDenied.*cloudtrail:AddTags/)
})

test('another account’s trails are nobody’s business', async (t) => {
  const { cloudtrail, elsewhere } = await rig(t)
  await cloudtrail.createTrail({ ...given, IsMultiRegionTrail: true })
  assert.deepEqual((await elsewhere.listTrails({})).Trails, [])
  assert.deepEqual((await elsewhere.describeTrails({ trailNameList: [Name] })).trailList, [])
  assert.match(await refusal(elsewhere.getTrail({ Name })), /^(?:AccessDenied|TrailNotFound)/)
  assert.match(await refusal(elsewhere.stopLogging({ Name })), /^(?:AccessDenied|TrailNotFound)/)
})
