// Goal: findings are in their bucket, whole and where AWS puts them; no destination leads anywhere else; a key must let GuardDuty use it.
// Method: rows of ARNs; real findings exported through the rig, with a key service that lets in whom it is told to.
import assert from 'node:assert/strict'
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { uuid } from '#core/ids.ts'
import { here, home, refusal, rig } from '../rig.test.ts'
import { createExporter } from './exporter.ts'
import { parseDestination } from './place.ts'

const rows: readonly [arn: string, want: string | undefined][] = [
  ['arn:aws:s3:::findings', 'findings/'],
  ['arn:aws:s3:::findings/a/b', 'findings/a/b'],
  ['arn:aws:s3:::findings/a/', 'findings/a'],
  ['arn:aws:s3:::findings/../x', undefined],
  ['arn:aws:s3:::findings/a//b', undefined],
  ['arn:aws:s3:::findings/a\\b', undefined],
  ['arn:aws:s3:::../x', undefined],
  ['arn:aws:s3:::a..b', undefined],
  ['arn:aws:s3:eu-west-1::findings', undefined],
  ['arn:aws:sqs:::findings', undefined],
  ['findings', undefined],
]

test('destinations: a bucket, and a folder in it, or none', () => {
  for (const [arn, want] of rows) {
    const place = parseDestination(arn)
    assert.equal(place && `${place.bucket}/${place.prefix.join('/')}`, want, arn)
  }
  assert.equal(rows.length, 11)
})

test('destinations: findings are exported where AWS puts them, and wait while they cannot be', async (t) => {
  const { guardduty, elsewhere, cloudtrail, trail, detect, pass, directory, store, world, log } = await rig(t)
  await trail()
  const DetectorId = await detect()
  const created = { DetectorId, DestinationType: 'S3' as const }
  const DestinationArn = 'arn:aws:s3:::findings/export'
  const { DestinationId = '' } = await guardduty.createPublishingDestination({
    ...created,
    DestinationProperties: { DestinationArn },
  })
  const exporter = createExporter({ store, world, directory, log })
  t.after(() => exporter.close())
  const status = async () =>
    (await guardduty.describePublishingDestination({ DetectorId, DestinationId })).Status
  const folder = join(directory, 'buckets', 'findings')
  mkdirSync(join(directory, 'buckets'), { recursive: true })
  writeFileSync(folder, 'in the way')

  await cloudtrail.stopLogging({ Name: 'main' })
  await pass()
  await exporter.pass()
  assert.equal(await status(), 'UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY')
  rmSync(folder)
  const place = join(folder, 'export', 'AWSLogs', here, 'GuardDuty', home, '2026', '01', '02')
  const randomBytes = (length: number) => Buffer.alloc(length)
  const taken = `${uuid(randomBytes)}.jsonl.gz`
  mkdirSync(join(place, taken, 'in the way'), { recursive: true })
  const failing = createExporter({ store, world: { ...world, randomBytes }, directory, log })
  await failing.pass()
  await failing.close()
  assert.deepEqual(readdirSync(place), [taken], 'nothing is left of a file that could not be written')
  rmSync(folder, { recursive: true })
  await exporter.pass()
  await exporter.pass()
  assert.equal(await status(), 'PUBLISHING')
  const files = globSync('**/*.gz', { cwd: folder })
  assert.equal(files.length, 1)
  const [file = ''] = files
  assert.ok(
    file.startsWith(`export/AWSLogs/${here}/GuardDuty/${home}/2026/01/02/`) && file.endsWith('.jsonl.gz'),
    file,
  )
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString()
    .trimEnd()
    .split('\n')
  const exported = lines.map(
    (line) => JSON.parse(line) as { readonly id: string; readonly schemaVersion: string },
  )
  const { FindingIds } = await guardduty.listFindings({ DetectorId })
  assert.deepEqual(
    exported.map(({ id }) => id),
    FindingIds,
  )
  assert.equal(exported[0]?.schemaVersion, '2.0')

  const wrong = /^BadRequestException/
  const second = guardduty.createPublishingDestination({
    ...created,
    DestinationProperties: { DestinationArn },
  })
  assert.match(await refusal(second), wrong)
  const astray = {
    DetectorId,
    DestinationId,
    DestinationProperties: { DestinationArn: 'arn:aws:s3:::a/../b' },
  }
  assert.match(await refusal(guardduty.updatePublishingDestination(astray)), wrong)
  assert.match(await refusal(elsewhere.describePublishingDestination({ DetectorId, DestinationId })), wrong)
  await guardduty.deletePublishingDestination({ DetectorId, DestinationId })
  assert.deepEqual((await guardduty.listPublishingDestinations({ DetectorId })).Destinations, [])
})

test('destinations: a key that does not let GuardDuty use it is refused', async (t) => {
  const { guardduty, detect, keys } = await rig(t)
  const DetectorId = await detect()
  const KmsKeyArn = `arn:aws:kms:${home}:${here}:key/1234`
  const asked = {
    ...{ DetectorId, DestinationType: 'S3' as const },
    DestinationProperties: { DestinationArn: 'arn:aws:s3:::findings', KmsKeyArn },
  }
  assert.match(
    await refusal(guardduty.createPublishingDestination(asked)),
    /does not let guardduty.amazonaws.com/,
  )
  keys.letIn('guardduty.amazonaws.com')
  const { DestinationId } = await guardduty.createPublishingDestination(asked)
  const { DestinationProperties } = await guardduty.describePublishingDestination({
    DetectorId,
    DestinationId,
  })
  assert.equal(DestinationProperties?.KmsKeyArn, KmsKeyArn)
})
