// Goal: filters and tags are kept, shown, changed and refused as AWS does.
// Method: AWS's client through the rig.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { here, home, refusal, rig } from './rig.test.ts'

const wrong = /^BadRequestException/

test('filters: are kept with their criteria, in the order of their ranks', async (t) => {
  const { guardduty, elsewhere, detect, user } = await rig(t)
  const DetectorId = await detect()
  const FindingCriteria = { Criterion: { severity: { Gte: 4 }, type: { Eq: ['Recon:EC2/Portscan'] } } }
  for (const [Name, Rank] of [
    ['second', 2],
    ['first', 1],
  ] as const)
    await guardduty.createFilter({
      DetectorId,
      Name,
      Rank,
      FindingCriteria,
      Description: Name,
      Tags: { a: 'b' },
    })
  assert.deepEqual((await guardduty.listFilters({ DetectorId })).FilterNames, ['first', 'second'])
  const page = await guardduty.listFilters({ DetectorId, MaxResults: 1 })
  assert.deepEqual((await guardduty.listFilters({ DetectorId, NextToken: page.NextToken })).FilterNames, [
    'second',
  ])

  await guardduty.updateFilter({ DetectorId, FilterName: 'first', Rank: 3, Action: 'ARCHIVE' })
  const {
    Name,
    Action,
    Rank,
    Description,
    Tags,
    FindingCriteria: kept,
  } = await guardduty.getFilter({ DetectorId, FilterName: 'first' })
  assert.deepEqual([Name, Action, Rank, Description, Tags], ['first', 'ARCHIVE', 3, 'first', { a: 'b' }])
  assert.deepEqual(kept, FindingCriteria)

  const bad = { Criterion: { nothing: { Eq: ['x'] } } }
  assert.match(
    await refusal(guardduty.createFilter({ DetectorId, Name: 'third', FindingCriteria: bad })),
    wrong,
  )
  assert.match(await refusal(guardduty.createFilter({ DetectorId, Name: 'first', FindingCriteria })), wrong)
  assert.match(
    await refusal(guardduty.updateFilter({ DetectorId, FilterName: 'first', FindingCriteria: bad })),
    wrong,
  )
  assert.match(await refusal(elsewhere.getFilter({ DetectorId, FilterName: 'first' })), wrong)

  const Resource = `arn:aws:guardduty:${home}:${here}:detector/${DetectorId}/filter/second`
  const limited = await user('limited', { Effect: 'Allow', Action: 'guardduty:DeleteFilter', Resource })
  assert.match(await refusal(limited.deleteFilter({ DetectorId, FilterName: 'first' })), /^AccessDenied/)
  await limited.deleteFilter({ DetectorId, FilterName: 'second' })
  assert.deepEqual((await guardduty.listFilters({ DetectorId })).FilterNames, ['first'])
})

test('tags: of a detector and all that belongs to it', async (t) => {
  const { guardduty, elsewhere, detect } = await rig(t)
  const DetectorId = await detect()
  const list = { Format: 'TXT' as const, Location: 's3://lists/x', Activate: false }
  await guardduty.createFilter({
    DetectorId,
    Name: 'loud',
    FindingCriteria: { Criterion: { severity: { Gt: 1 } } },
  })
  const { IpSetId } = await guardduty.createIPSet({ DetectorId, Name: 'i', ...list })
  const { TrustedEntitySetId } = await guardduty.createTrustedEntitySet({ DetectorId, Name: 't', ...list })
  const { DestinationId } = await guardduty.createPublishingDestination({
    ...{ DetectorId, DestinationType: 'S3' },
    DestinationProperties: { DestinationArn: 'arn:aws:s3:::findings' },
  })
  const root = `arn:aws:guardduty:${home}:${here}:detector/${DetectorId}`
  const arns = ['', '/filter/loud', `/ipset/${IpSetId}`, `/trustedentityset/${TrustedEntitySetId}`]
  for (const ResourceArn of [...arns, `/publishingdestination/${DestinationId}`].map((path) => root + path)) {
    await guardduty.tagResource({ ResourceArn, Tags: { a: '1', b: '2' } })
    await guardduty.untagResource({ ResourceArn, TagKeys: ['a'] })
    assert.deepEqual((await guardduty.listTagsForResource({ ResourceArn })).Tags, { b: '2' }, ResourceArn)
    assert.match(
      await refusal(elsewhere.listTagsForResource({ ResourceArn })),
      /^(?:BadRequest|AccessDenied)/,
    )
  }
  for (const path of ['/filter/none', `/threatintelset/${IpSetId}`, '/filter', '/filter/loud/x'])
    assert.match(await refusal(guardduty.listTagsForResource({ ResourceArn: root + path })), wrong, path)
  const reserved = guardduty.tagResource({ ResourceArn: root, Tags: { 'aws:x': '1' } })
  assert.match(await refusal(reserved), wrong)
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v']))
  assert.match(await refusal(guardduty.tagResource({ ResourceArn: root, Tags: many })), wrong)
})
