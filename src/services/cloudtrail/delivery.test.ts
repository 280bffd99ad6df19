// Goal: what a trail logs arrives in its bucket, all of it and nothing else, in AWS's layout, whatever happens in between.
// Method: real calls leave real records; the runner's passes are made by the test, on its clock; a crash is a runner whose step is not
// written down.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { writeToBucket } from './bucket-files.ts'
import { deletedTrails as deleted, trails } from './documents.ts'
import { quotas } from './quotas.ts'
import { bucket, here, home, recordsIn, refusal, rig, startMs, there } from './rig.test.ts'

/** In order: files of one minute have none. */
const names = (records: readonly { readonly eventName: string }[]): readonly string[] =>
  records.map(({ eventName }) => eventName).sort()

test('a trail delivers files in AWS’s layout, a folder a Region', async (t) => {
  const { trail, iam, cloudtrail, pass, files, buckets } = await rig(t)
  await trail('main', { S3KeyPrefix: 'all/ours', IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  await cloudtrail.describeTrails({})
  await pass()
  const form =
    /^audit-logs\/all\/ours\/AWSLogs\/111122223333\/CloudTrail\/(us-east-1|eu-west-1)\/2026\/01\/02\/111122223333_CloudTrail_\1_20260102T0304Z_[A-Za-z0-9]{16}\.json\.gz$/
  const found = files()
  assert.deepEqual(found.map((file) => form.exec(file)?.[1] ?? file).sort(), ['eu-west-1', 'us-east-1'])
  for (const file of found)
    for (const { awsRegion } of recordsIn(join(buckets, file))) assert.ok(file.includes(`/${awsRegion}/`))
})

test('a record arrives once, as it was written, and only in its own account', async (t) => {
  const { trail, iam, foreignLogs, cloudtrail, delivered } = await rig(t)
  await trail('main', { IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  // A record whose parameters look like another account's.
  await foreignLogs.createLogGroup({ logGroupName: 'foreign', tags: { recipientAccountId: here } })
  await delivered()
  await iam.deleteUser({ UserName: 'alice' })
  const records = await delivered()
  assert.deepEqual(
    names(records).filter((name) => name.includes('User')),
    ['CreateUser', 'DeleteUser'],
  )
  assert.ok(
    records.every(({ recipientAccountId }) => recipientAccountId === here && recipientAccountId !== there),
  )
  assert.equal(new Set(records.map(({ eventID }) => eventID)).size, records.length)
  const { Events = [] } = await cloudtrail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'DeleteUser' }],
  })
  assert.deepEqual(
    records.find(({ eventName }) => eventName === 'DeleteUser'),
    JSON.parse(Events[0]?.CloudTrailEvent ?? ''),
  )
})

const regionRows: readonly [string, region: string, settings: object, want: readonly string[]][] = [
  ['one Region: its own events alone', home, {}, ['DescribeTrails']],
  ['the first Region: global services too', 'us-east-1', {}, ['CreateUser']],
  ['the first Region without them', 'us-east-1', { IncludeGlobalServiceEvents: false }, []],
  ['all Regions', home, { IsMultiRegionTrail: true }, ['CreateUser', 'DescribeTrails', 'ListTrails']],
]
for (const [name, region, settings, want] of regionRows)
  test(`Regions: ${name}`, async (t) => {
    const { trailClient, iam, delivered } = await rig(t)
    const client = trailClient(region)
    await client.createTrail({ Name: 'main', S3BucketName: bucket, ...settings })
    await client.startLogging({ Name: 'main' })
    await iam.createUser({ UserName: 'alice' })
    await trailClient(home).describeTrails({})
    await trailClient('ap-south-1').listTrails({})
    const own = new Set(['CreateUser', 'DescribeTrails', 'ListTrails'])
    assert.deepEqual(
      names(await delivered())
        .filter((one) => own.has(one))
        .sort(),
      want,
    )
  })
test('Regions: every row ran', () => assert.equal(regionRows.length, 4))

test('logging begins with StartLogging and ends with StopLogging; changes never reach back', async (t) => {
  const { trail, cloudtrail, iam, later, delivered, store } = await rig(t)
  await iam.createUser({ UserName: 'before' })
  later(5_000)
  await trail('main', { IsMultiRegionTrail: true })
  await cloudtrail.putEventSelectors({ TrailName: 'main', EventSelectors: [{ ReadWriteType: 'WriteOnly' }] })
  later(5_000)
  await iam.createGroup({ GroupName: 'logged' })
  await iam.listGroups({})
  later(5_000)
  await cloudtrail.putEventSelectors({ TrailName: 'main', EventSelectors: [{ ReadWriteType: 'ReadOnly' }] })
  later(5_000)
  await iam.deleteGroup({ GroupName: 'logged' })
  await iam.listUsers({})
  later(5_000)
  await cloudtrail.stopLogging({ Name: 'main' })
  later(5_000)
  await iam.listGroups({})
  const own = /(?:User|Group)s?$/
  assert.deepEqual(
    names(await delivered()).filter((name) => own.test(name)),
    ['CreateGroup', 'ListUsers'],
  )
  later(200_000)
  await delivered()
  const [kept] = [...store.read.everywhere(trails)]
  assert.deepEqual(kept?.document.spans, [])
  assert.equal(kept?.document.toBucket.cursor, undefined)
  await cloudtrail.startLogging({ Name: 'main' })
  await iam.listRoles({})
  const again = names(await delivered())
  assert.deepEqual([again.includes('ListGroups'), again.includes('ListRoles')], [false, true])
})

test('what a deleted trail logged is still delivered, and then it is gone', async (t) => {
  const { trail, cloudtrail, iam, later, delivered, deletedTrails } = await rig(t)
  await trail('main', { IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  await cloudtrail.deleteTrail({ Name: 'main' })
  later(5_000)
  await iam.deleteUser({ UserName: 'alice' })
  const found = names(await delivered())
  assert.deepEqual([found.includes('CreateUser'), found.includes('DeleteUser')], [true, false])
  assert.equal(deletedTrails().length, 1)
  later(200_000)
  await delivered()
  assert.equal(deletedTrails().length, 0)
})

test('trails that come and go are bounded by what they have yet to deliver', async (t) => {
  const { trail, cloudtrail, store, deletedTrails } = await rig(t)
  await trail('main')
  await cloudtrail.deleteTrail({ Name: 'main' })
  const [one] = deletedTrails()
  assert.ok(one)
  const scope = { account: here, region: home }
  await store.transact((tx) => {
    for (let count = 1; count < quotas.deletedTrails; count += 1)
      tx.put(deleted, scope, `t${count}`, { ...one, id: `t${count}` })
  })
  await trail('next')
  assert.match(await refusal(cloudtrail.deleteTrail({ Name: 'next' })), /^ThrottlingException/)
  assert.equal((await cloudtrail.getTrailStatus({ Name: 'next' })).IsLogging, true, 'it is as it was')
  await store.transact((tx) => tx.delete(deleted, scope, 't1'))
  await cloudtrail.deleteTrail({ Name: 'next' })
  assert.equal(deletedTrails().length, quotas.deletedTrails)
})

test('a crash between a file and its note delivers again, and loses nothing', async (t) => {
  const { trail, iam, audit, runner, files, delivered } = await rig(t)
  await trail('main', { IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  // The step is delivered, and its cursor leads nowhere else: as if the note had not been written.
  const crashing = runner({
    arrivals: async (cursor, bytesMax) => ({
      ...(await audit.arrivals(cursor, bytesMax)),
      cursor,
      more: false,
    }),
  })
  await crashing.pass()
  const before = files().length
  await crashing.close()
  await iam.createUser({ UserName: 'bob' })
  const records = await delivered()
  assert.ok(files().length > before)
  const users = names(records).filter((name) => name === 'CreateUser')
  assert.equal(users.length, 3, 'alice twice, bob once')
  await delivered()
  assert.equal(files().length, before * 2)
})

test('more than a step is delivered within a pass, whole', async (t) => {
  const { trail, iam, audit, runner, files, delivered } = await rig(t)
  await trail('main', { IsMultiRegionTrail: true })
  for (let count = 0; count < 40; count += 1)
    await iam.createUser({ UserName: `user-${count}`, Path: `/${'x'.repeat(500)}/` })
  const narrow = runner({
    async arrivals(cursor) {
      const { lines, ...others } = await audit.arrivals(cursor, 1)
      return { lines, ...others }
    },
  })
  await narrow.pass()
  assert.ok(files().length > 0)
  assert.equal(names(await delivered()).filter((name) => name === 'CreateUser').length, 40)
})

test('a bucket that cannot be written to is told, and tried again', async (t) => {
  const { trail, cloudtrail, iam, buckets, later, delivered, pass, logged } = await rig(t)
  writeFileSync(buckets, 'no folder')
  await trail('main', { IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  await pass()
  const failed = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.deepEqual(
    [failed.LatestDeliveryError, failed.LatestDeliveryTime, failed.LatestDeliveryAttemptTime],
    ['InternalError', undefined, '2026-01-02T03:04:05Z'],
  )
  assert.equal(logged.length, 1)
  rmSync(buckets)
  later(70_000)
  assert.ok(names(await delivered()).includes('CreateUser'))
  const status = await cloudtrail.getTrailStatus({ Name: 'main' })
  assert.deepEqual(
    [status.LatestDeliveryError, status.LatestDeliveryTime?.toISOString(), status.IsLogging],
    [undefined, '2026-01-02T03:05:15.000Z', true],
  )
})

test('a clock that was set back does not put off the next attempt for as long', async (t) => {
  const { trail, iam, buckets, clock, delivered, pass } = await rig(t)
  writeFileSync(buckets, 'no folder')
  await trail('main', { IsMultiRegionTrail: true })
  await iam.createUser({ UserName: 'alice' })
  await pass()
  rmSync(buckets)
  clock.nowMs -= 86_400_000
  assert.ok(names(await delivered()).includes('CreateUser'))
})

test('a file that did not come to be leaves nothing behind', async (t) => {
  const { buckets, world, files } = await rig(t)
  const trail = { account: here, region: home, bucket, prefix: undefined }
  const records = [{ line: '{}', awsRegion: home, eventMs: startMs }]
  const fixed = { ...world, randomBytes: (length: number) => Buffer.alloc(length) }
  await writeToBucket(buckets, trail, records, fixed)
  const [taken = ''] = files()
  rmSync(join(buckets, taken))
  mkdirSync(join(buckets, taken, 'in the way'), { recursive: true })
  await assert.rejects(writeToBucket(buckets, trail, records, fixed), { syscall: 'rename' })
  assert.deepEqual(files(), [])
})

const nameRows: readonly [string, input: { S3BucketName: string; S3KeyPrefix?: string }, want: string][] = [
  ['a bucket that leads out', { S3BucketName: '../up' }, 'InvalidS3BucketNameException'],
  ['a bucket of dots', { S3BucketName: 'a..b' }, 'InvalidS3BucketNameException'],
  ['a bucket in a folder', { S3BucketName: 'a/b' }, 'InvalidS3BucketNameException'],
  ['a prefix that leads out', { S3BucketName: bucket, S3KeyPrefix: '../x' }, 'InvalidS3PrefixException'],
  [
    'a prefix that leads out later',
    { S3BucketName: bucket, S3KeyPrefix: 'a/../../x' },
    'InvalidS3PrefixException',
  ],
  ['a prefix from the root', { S3BucketName: bucket, S3KeyPrefix: '/etc' }, 'InvalidS3PrefixException'],
  ['a prefix of a dot', { S3BucketName: bucket, S3KeyPrefix: './a' }, 'InvalidS3PrefixException'],
  ['a prefix with NUL', { S3BucketName: bucket, S3KeyPrefix: 'a\0b' }, 'InvalidS3PrefixException'],
]
test('no bucket and no prefix leaves the buckets’ folder', async (t) => {
  const { cloudtrail } = await rig(t)
  for (const [name, input, want] of nameRows) {
    const answer = await refusal(cloudtrail.createTrail({ Name: 'main', ...input }))
    assert.ok(answer.startsWith(want), `${name}: ${answer}`)
  }
  assert.equal(nameRows.length, 8)
})

test('a Region that is no name becomes no folder', async (t) => {
  const { buckets, files, world } = await rig(t)
  const trail = { account: here, region: home, bucket, prefix: undefined }
  const regions = ['..', '.', 'a/b', '', 'us-east-1/..', 'US']
  for (const awsRegion of regions)
    await writeToBucket(buckets, trail, [{ line: '{}', awsRegion, eventMs: startMs }], world)
  assert.equal(files().length, regions.length)
  for (const file of files())
    assert.match(file, /^audit-logs\/AWSLogs\/111122223333\/CloudTrail\/eu-west-1\/2026\/01\/02\/[^/]+$/)
})
