// Goal: lists say what stands in their files, at the moment they are activated, to their account alone; no location leads out of the buckets.
// Method: rows of locations; files on disk through the rig, and the keeper that reads them.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CommitFailed } from '#core/store/index.ts'
import { here, home, refusal, rig, there } from '../rig.test.ts'
import { surroundingsOf } from '../surroundings.ts'
import { createListKeeper } from './list-keeper.ts'
import { parseLocation } from './location.ts'

const locations: readonly [text: string, bucket: string | undefined, key?: string][] = [
  ['s3://lists/bad.txt', 'lists', 'bad.txt'],
  ['s3://lists/a/b c.txt', 'lists', 'a/b c.txt'],
  ['https://s3.amazonaws.com/lists/bad.txt', 'lists', 'bad.txt'],
  ['https://s3.eu-west-1.amazonaws.com/lists/a/b%20c.txt', 'lists', 'a/b c.txt'],
  ['https://s3-eu-west-1.amazonaws.com/lists/bad.txt', 'lists', 'bad.txt'],
  ['https://lists.s3.amazonaws.com/bad.txt', 'lists', 'bad.txt'],
  ['https://my.lists.s3.eu-west-1.amazonaws.com/a/bad.txt', 'my.lists', 'a/bad.txt'],
  ['s3://lists/', undefined],
  ['s3://lists', undefined],
  ['s3://../redoubt.db', undefined],
  ['s3://lists/../../redoubt.db', undefined],
  ['s3://lists/a/./b', undefined],
  ['s3://lists/a//b', undefined],
  ['s3://lists/a\\..\\b', undefined],
  ['s3://lists/a\0b', undefined],
  ['s3://Lists/a', undefined],
  ['https://s3.amazonaws.com/lists/%2e%2e/x', undefined],
  ['https://s3.amazonaws.com/lists/%zz', undefined],
  ['https://example.com/lists/bad.txt', undefined],
  ['https://lists.s3.amazonaws.com.example.com/bad.txt', undefined],
  ['file:///etc/passwd', undefined],
]

test('lists: a location is a file below its bucket, or none', () => {
  for (const [text, bucket, key] of locations)
    assert.deepEqual(parseLocation(text), bucket === undefined ? undefined : { bucket, key }, text)
  assert.equal(locations.length, 21)
})

test('lists: read when activated, for their own account, until they are activated again', async (t) => {
  const { guardduty, elsewhere, detect, directory, store, world, log, later } = await rig(t)
  const DetectorId = await detect()
  const file = join(directory, 'buckets', 'lists', 'bad.txt')
  mkdirSync(join(directory, 'buckets', 'lists'), { recursive: true })
  writeFileSync(file, '192.0.2.0/24\n')
  writeFileSync(join(directory, 'buckets', 'lists', 'good.txt'), '192.0.2.7\n')
  writeFileSync(join(directory, 'buckets', 'lists', 'entities.txt'), 'bad.example\n')
  const keeper = createListKeeper({ store, world, directory, log })
  t.after(() => keeper.close())
  const around = { read: store.read, world, known: [] }
  const ask = surroundingsOf({ ...around, lists: keeper, origin: () => ({}), isOwn: () => false })
  const says = (account: string, address: string) => ask({ account, region: home }).address(address)
  const custom = [{ threat: 'custom', list: 'bad' }]

  const bad = {
    DetectorId,
    Name: 'bad',
    Format: 'TXT' as const,
    Location: 's3://lists/bad.txt',
    Activate: true,
  }
  const { ThreatIntelSetId = '' } = await guardduty.createThreatIntelSet(bad)
  const status = async () => (await guardduty.getThreatIntelSet({ DetectorId, ThreatIntelSetId })).Status
  await keeper.pass()
  assert.equal(await status(), 'ACTIVE')
  assert.deepEqual(
    [says(here, '192.0.2.7'), says(here, '192.0.3.7'), says(there, '192.0.2.7')],
    [custom, [], []],
  )

  const mine = ask({ account: here, region: home })
  assert.deepEqual(mine.address('192.0.2.7'), custom)
  later(-3_600_000)
  await guardduty.createIPSet({ ...bad, Name: 'good', Location: 's3://lists/good.txt' })
  await guardduty.createThreatEntitySet({ ...bad, Name: 'names', Location: 's3://lists/entities.txt' })
  await keeper.pass()
  assert.deepEqual(
    [says(here, '192.0.2.7'), says(here, '192.0.2.8')],
    [[], custom],
    'a trusted address is in no list',
  )
  assert.deepEqual(mine.address('192.0.2.7'), [], 'also where the clock was set back')
  const domain = ask({ account: here, region: home }).domain
  assert.deepEqual(
    [domain('a.bad.example').length, domain('bad.example').length, domain('notbad.example').length],
    [1, 1, 0],
  )

  writeFileSync(file, '203.0.113.1\n')
  const again = createListKeeper({ store, world, directory, log })
  await again.pass()
  const askAgain = surroundingsOf({ ...around, lists: again, origin: () => ({}), isOwn: () => false })
  assert.deepEqual(askAgain({ account: here, region: home }).address('192.0.2.8'), custom, 'as it was read')
  await again.close()
  await guardduty.updateThreatIntelSet({ DetectorId, ThreatIntelSetId, Activate: true })
  await keeper.pass()
  assert.deepEqual([says(here, '192.0.2.8'), says(here, '203.0.113.1')], [[], custom])
  await guardduty.updateThreatIntelSet({ DetectorId, ThreatIntelSetId, Activate: false })
  await keeper.pass()
  assert.deepEqual(says(here, '203.0.113.1'), [])
  assert.equal(await status(), 'INACTIVE')
  await guardduty.updateThreatIntelSet({
    DetectorId,
    ThreatIntelSetId,
    Location: 's3://lists/gone.txt',
    Activate: true,
  })
  await keeper.pass()
  assert.equal(await status(), 'ERROR')

  const wrong = /^BadRequestException/
  assert.match(await refusal(guardduty.createThreatIntelSet(bad)), wrong, 'a name twice')
  assert.match(await refusal(guardduty.createIPSet({ ...bad, Name: 'two' })), wrong, 'one trusted list')
  assert.match(
    await refusal(guardduty.createThreatIntelSet({ ...bad, Name: 'x', Location: 's3://a/../b' })),
    wrong,
  )
  assert.match(await refusal(elsewhere.getThreatIntelSet({ DetectorId, ThreatIntelSetId })), wrong)
  assert.match(
    await refusal(guardduty.getIPSet({ DetectorId, IpSetId: ThreatIntelSetId })),
    wrong,
    'another kind',
  )
  assert.deepEqual((await guardduty.listThreatIntelSets({ DetectorId })).ThreatIntelSetIds, [
    ThreatIntelSetId,
  ])
  await guardduty.deleteThreatIntelSet({ DetectorId, ThreatIntelSetId })
  assert.deepEqual((await guardduty.listThreatIntelSets({ DetectorId })).ThreatIntelSetIds, [])
})

test('lists: one whose state could not be noted is in force by the next pass; a new name is told at once', async (t) => {
  const { guardduty, detect, directory, store, world, log } = await rig(t)
  const DetectorId = await detect()
  mkdirSync(join(directory, 'buckets', 'lists'), { recursive: true })
  writeFileSync(join(directory, 'buckets', 'lists', 'bad.txt'), '192.0.2.0/24\n')
  let faults = 1
  const failing: Pick<typeof store, 'read' | 'transact' | 'tail'> = {
    read: store.read,
    tail: (listener) => store.tail(listener),
    transact: (run) =>
      faults-- > 0 ? Promise.reject(new CommitFailed(new Error('disk full'))) : store.transact(run),
  }
  const { ThreatIntelSetId = '' } = await guardduty.createThreatIntelSet({
    ...{ DetectorId, Name: 'bad', Format: 'TXT', Location: 's3://lists/bad.txt', Activate: true },
  })
  const keeper = createListKeeper({ store: failing, world, directory, log })
  t.after(() => keeper.close())
  const names = () => keeper.of({ account: here, region: home }).map(({ name }) => name)
  await keeper.pass()
  await keeper.pass()
  const { Status } = await guardduty.getThreatIntelSet({ DetectorId, ThreatIntelSetId })
  assert.deepEqual([faults < 0, Status, names()], [true, 'ACTIVE', ['bad']])
  await guardduty.updateThreatIntelSet({ DetectorId, ThreatIntelSetId, Name: 'worse' })
  await keeper.pass()
  assert.deepEqual(names(), ['worse'])
})
