// Goal: findings are listed, archived, suppressed, counted and told again as AWS's are.
// Method: real calls found by the engine's own detectors, through the rig; time passes as the test says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Finding, paginateListFindings } from '@aws-sdk/client-guardduty'
import { allDetectors } from '#engines/detect/index.ts'
import { createFindingKeeper } from './finding-keeper.ts'
import { functionArn, refusal, rig } from '../rig.test.ts'

const type = 'Stealth:IAMUser/CloudTrailLoggingDisabled'

async function stopped(t: Parameters<typeof rig>[0], detector: object = {}) {
  const made = await rig(t)
  const { trail, detect, cloudtrail, pass } = made
  await trail('main')
  await trail('other')
  const DetectorId = await detect(detector)
  const stop = async (Name = 'main'): Promise<void> => {
    await cloudtrail.stopLogging({ Name })
    await pass()
  }
  return { ...made, DetectorId, stop }
}

test('findings: an archived finding stays as it is, and what happens then is a new one', async (t) => {
  const { guardduty, DetectorId, stop, found } = await stopped(t)
  await stop()
  const [first] = found()
  assert.ok(first)
  await guardduty.archiveFindings({ DetectorId, FindingIds: [first.id] })
  const archived = { Criterion: { 'service.archived': { Eq: ['true'] } } }
  const current = { Criterion: { 'service.archived': { Eq: ['false'] } } }
  const ids = async (FindingCriteria: object) =>
    (await guardduty.listFindings({ DetectorId, FindingCriteria })).FindingIds
  assert.deepEqual([await ids(archived), await ids(current)], [[first.id], []])
  await stop()
  assert.equal(found().length, 2)
  assert.deepEqual(await ids(archived), [first.id])
  assert.equal((await ids(current))?.length, 1)
  await guardduty.unarchiveFindings({ DetectorId, FindingIds: [first.id] })
  assert.deepEqual(await ids(archived), [])
})

test('findings: a filter that archives suppresses what it means, and nothing else', async (t) => {
  const { guardduty, events, DetectorId, stop, found, delivered, lambda } = await stopped(t)
  await events.putRule({ Name: 'all', EventPattern: '{"source":["aws.guardduty"]}' })
  await events.putTargets({ Rule: 'all', Targets: [{ Id: 'one', Arn: functionArn }] })
  const FindingCriteria = {
    Criterion: { 'resource.accessKeyDetails.userName': { Eq: ['admin'] }, type: { Matches: ['Stealth:*'] } },
  }
  await guardduty.createFilter({ DetectorId, Name: 'quiet', Action: 'ARCHIVE', FindingCriteria })
  await stop('main')
  await stop('main')
  assert.deepEqual(
    found().map(({ archived, suppressed }) => [archived, suppressed]),
    [[true, true]],
  )
  await delivered()
  assert.equal(lambda.given.length, 0)

  await guardduty.updateFilter({ DetectorId, FilterName: 'quiet', Action: 'NOOP' })
  await stop('main')
  await delivered()
  assert.equal(found().length, 1, 'the same finding, which is current now')
  assert.deepEqual(
    lambda.given.map(({ detail }) => detail.service['count']),
    [3],
  )
})

test('findings: what goes on is told again as often as the detector says', async (t) => {
  const { guardduty, events, DetectorId, stop, delivered, lambda, later, store, world } = await stopped(t, {
    FindingPublishingFrequency: 'FIFTEEN_MINUTES',
  })
  await events.putRule({ Name: 'all', EventPattern: '{"source":["aws.guardduty"]}' })
  await events.putTargets({ Rule: 'all', Targets: [{ Id: 'one', Arn: functionArn }] })
  await stop()
  await stop()
  await delivered()
  assert.equal(lambda.given.length, 1)
  const told: unknown[] = []
  const keeper = createFindingKeeper({
    store,
    world,
    publish: (_, { detail }) => told.push(detail) > 0,
    log: (entry) => assert.fail(JSON.stringify(entry)),
  })
  later(14 * 60_000)
  await keeper.pass()
  assert.equal(told.length, 0)
  later(2 * 60_000)
  await keeper.pass()
  await keeper.pass()
  assert.equal(told.length, 1)
  await stop()
  later(16 * 60_000)
  const { FindingIds = [] } = await guardduty.listFindings({ DetectorId })
  await guardduty.archiveFindings({ DetectorId, FindingIds })
  await keeper.pass()
  assert.equal(told.length, 1, 'an archived one is told no more')
  later(91 * 24 * 3_600_000)
  await keeper.pass()
  assert.deepEqual((await guardduty.listFindings({ DetectorId })).FindingIds, [], 'kept for 90 days')
})

test('findings: a clock that is set back holds up nothing that is to be told', async (t) => {
  const { stop, delivered, later, store, world } = await stopped(t, {
    FindingPublishingFrequency: 'FIFTEEN_MINUTES',
  })
  await stop()
  await stop()
  await delivered()
  const told: unknown[] = []
  const keeper = createFindingKeeper({
    store,
    world,
    publish: (_, { detail }) => told.push(detail) > 0,
    log: (entry) => assert.fail(JSON.stringify(entry)),
  })
  await keeper.pass()
  assert.equal(told.length, 0, 'not yet')
  later(-24 * 3_600_000)
  await keeper.pass()
  assert.equal(told.length, 1)
})

test('findings: sorted, in pages, by criteria, counted in every grouping', async (t) => {
  const { guardduty, DetectorId, stop, later } = await stopped(t)
  await stop('main')
  later(1_000)
  await stop('other')
  await guardduty.createSampleFindings({ DetectorId, FindingTypes: [type] })
  const all = (await guardduty.listFindings({ DetectorId })).FindingIds ?? []
  assert.equal(all.length, 3)
  const paged: string[] = []
  let NextToken: string | undefined
  do {
    const page = await guardduty.listFindings({ DetectorId, MaxResults: 1, NextToken })
    paged.push(...(page.FindingIds ?? []))
    NextToken = page.NextToken
  } while (NextToken)
  assert.deepEqual(paged, all)
  const SortCriteria = { AttributeName: 'service.eventFirstSeen', OrderBy: 'ASC' as const }
  const { Findings = [] } = await guardduty.getFindings({ DetectorId, FindingIds: all, SortCriteria })
  const seen = Findings.map(({ Service }) => Service?.EventFirstSeen ?? '')
  assert.deepEqual(seen, seen.toSorted())
  assert.equal(Findings.filter(({ Title }) => Title?.startsWith('[SAMPLE]')).length, 1)

  const statistics = async (asked: object) =>
    (await guardduty.getFindingsStatistics({ DetectorId, ...asked })).FindingStatistics
  const counts = await statistics({ FindingStatisticTypes: ['COUNT_BY_SEVERITY'] })
  assert.deepEqual(counts?.CountBySeverity, { '2.0': 3 })
  const byType = await statistics({ GroupBy: 'FINDING_TYPE' })
  assert.deepEqual(
    byType?.GroupedByFindingType?.map((one) => [one.FindingType, one.TotalFindings]),
    [[type, 3]],
  )
  assert.equal((await statistics({ GroupBy: 'ACCOUNT' }))?.GroupedByAccount?.[0]?.TotalFindings, 3)
  assert.equal((await statistics({ GroupBy: 'DATE' }))?.GroupedByDate?.[0]?.TotalFindings, 3)
  assert.equal((await statistics({ GroupBy: 'SEVERITY' }))?.GroupedBySeverity?.[0]?.Severity, 2)
  assert.deepEqual(
    (await statistics({ GroupBy: 'RESOURCE' }))?.GroupedByResource?.map(({ TotalFindings }) => TotalFindings),
    [2, 1],
  )

  const wrong = /^BadRequestException/
  assert.match(await refusal(statistics({})), wrong)
  assert.match(await refusal(guardduty.listFindings({ DetectorId, NextToken: 'x' })), wrong)
  assert.match(await refusal(guardduty.getFindings({ DetectorId, FindingIds: ['0'.repeat(32)] })), wrong)
  const none = { DetectorId, FindingTypes: ['Trojan:Nothing/None'] }
  assert.match(await refusal(guardduty.createSampleFindings(none)), wrong)
})

test('findings: feedback is kept, and survives what comes after it', async (t) => {
  const { guardduty, DetectorId, stop } = await stopped(t)
  await stop()
  const { FindingIds = [] } = await guardduty.listFindings({ DetectorId })
  await guardduty.updateFindingsFeedback({ DetectorId, FindingIds, Feedback: 'USEFUL' })
  await stop()
  const { Findings = [] } = await guardduty.getFindings({ DetectorId, FindingIds })
  assert.deepEqual([Findings[0]?.Service?.UserFeedback, Findings[0]?.Service?.Count], ['USEFUL', 2])
})

test('findings: a sample of every type that can be found, whole', async (t) => {
  const { guardduty, DetectorId } = await stopped(t)
  const types = new Set(allDetectors.flatMap(({ finds }) => Object.keys(finds)))
  await guardduty.createSampleFindings({ DetectorId })
  const ids: string[] = []
  for await (const page of paginateListFindings({ client: guardduty }, { DetectorId, MaxResults: 50 }))
    ids.push(...(page.FindingIds ?? []))
  const found: Finding[] = []
  for (let at = 0; at < ids.length; at += 50) {
    const { Findings = [] } = await guardduty.getFindings({ DetectorId, FindingIds: ids.slice(at, at + 50) })
    found.push(...Findings)
  }
  assert.deepEqual(new Set(found.map(({ Type }) => Type)), types)
  assert.equal(found.length, types.size)
  assert.ok(types.size > 100, `only ${types.size} types`)
  for (const { Type = '', Title, Description, Severity = 0, Service } of found) {
    assert.match(Title ?? '', /^\[SAMPLE\] /)
    assert.ok(Severity >= 1 && Severity <= 10, Type)
    assert.doesNotMatch(`${Title} ${Description} ${Service?.AdditionalInfo?.Value}`, /[^"]\{\w+\}/, Type)
    const { remediation } = JSON.parse(Service?.AdditionalInfo?.Value ?? '{}') as {
      readonly remediation?: readonly object[]
    }
    assert.ok(remediation && remediation.length > 0, `${Type} says what to do`)
  }
})

test('findings: of too many, those of high severity stay', async (t) => {
  const { guardduty, DetectorId, found, store, world } = await stopped(t)
  await guardduty.createSampleFindings({ DetectorId })
  const severe = () => found().filter(({ finding }) => Number(finding['severity']) >= 7).length
  const before = severe()
  const findingsMax = before + 5
  assert.ok(found().length > findingsMax)
  const log = (entry: object) => assert.fail(JSON.stringify(entry))
  await createFindingKeeper({ store, world, publish: () => true, log, findingsMax }).pass()
  assert.deepEqual([found().length, severe()], [findingsMax, before])
})
