// Goal: which paths bots ask for most is shown as the edge counts it, by pages, within the last day, to those who may see it.
// Method: rows through the SDK's own client; an edge of the test's that answers what it is asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GetTopPathStatisticsByTrafficCommandInput } from '@aws-sdk/client-wafv2'
import { here, made, refusal, rig, startMs, visibility } from './rig.test.ts'

const window = (fromMs: number, toMs: number) => ({ StartTime: new Date(fromMs), EndTime: new Date(toMs) })
const hourMs = 3_600_000

async function guarded() {
  const all = await rig()
  const acl = made(
    await all.admin.createWebACL({
      Name: 'acl',
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibility('acl'),
    }),
  )
  const asking = (
    wish: Partial<GetTopPathStatisticsByTrafficCommandInput> = {},
  ): GetTopPathStatisticsByTrafficCommandInput => ({
    WebAclArn: acl.ARN,
    Scope: 'REGIONAL',
    TimeWindow: window(startMs - hourMs, startMs),
    Limit: 2,
    NumberOfTopTrafficBotsPerPath: 1,
    ...wish,
  })
  return { ...all, acl, asking }
}

test('wafv2: top paths are the edge’s, by pages, with their bots and categories', async () => {
  const { admin, acl, asking, askedOfBots } = await guarded()
  const first = await admin.getTopPathStatisticsByTraffic(asking())
  const { $metadata: _, NextMarker, ...shown } = first
  assert.deepEqual(shown, {
    TotalRequestCount: 20,
    PathStatistics: [
      {
        Path: '/a/',
        RequestCount: 10,
        Percentage: 50,
        TopBots: [{ BotName: 'gptbot', RequestCount: 8, Percentage: 80 }],
      },
      {
        Path: '/b',
        RequestCount: 5,
        Percentage: 25,
        TopBots: [{ BotName: 'curl', RequestCount: 5, Percentage: 100 }],
      },
    ],
    TopCategories: [
      {
        Source: { BotCategory: 'ai' },
        Path: '/a/',
        RequestCount: 8,
        Percentage: 40,
        TopBots: [{ BotName: 'gptbot', RequestCount: 8, Percentage: 100 }],
      },
      {
        Source: { BotCategory: 'http_library' },
        Path: '/b',
        RequestCount: 5,
        Percentage: 25,
        TopBots: [{ BotName: 'curl', RequestCount: 5, Percentage: 100 }],
      },
    ],
  })
  const second = await admin.getTopPathStatisticsByTraffic(asking({ NextMarker }))
  assert.deepEqual(
    [second.PathStatistics?.map(({ Path }) => Path), second.NextMarker, second.TotalRequestCount],
    [['/c'], undefined, 20],
  )
  const { webACL, fromMs, toMs, ...filters } = askedOfBots[0] ?? {}
  assert.deepEqual([webACL, fromMs, toMs], [acl.ARN, startMs - hourMs, startMs])
  assert.ok(Object.values(filters).every((filter) => filter === undefined))
})

test('wafv2: what top paths are filtered by is asked of the edge, and told as the source', async () => {
  const { admin, acl, asking, askedOfBots } = await guarded()
  const filters = { BotCategory: 'ai', BotOrganization: 'OpenAI', BotName: 'gptbot' }
  const { PathStatistics, TopCategories } = await admin.getTopPathStatisticsByTraffic(
    asking({ ...filters, UriPathPrefix: '/a' }),
  )
  assert.deepEqual([PathStatistics?.[0]?.Source, TopCategories], [filters, undefined])
  assert.deepEqual(askedOfBots[0], {
    ...{ webACL: acl.ARN, fromMs: startMs - hourMs, toMs: startMs },
    ...{ pathPrefix: '/a', category: 'ai', organization: 'OpenAI', name: 'gptbot' },
  })
})

test('wafv2: top paths are refused for what cannot be told', async () => {
  const { admin, acl, asking, user, administrator } = await guarded()
  const forged = (text: string): string => Buffer.from(text).toString('base64url')
  const rows: readonly [
    why: string,
    wish: Partial<GetTopPathStatisticsByTrafficCommandInput>,
    want: RegExp,
  ][] = [
    ['backwards', { TimeWindow: window(startMs, startMs - 1_000) }, /within the last 24 hours/],
    ['too long ago', { TimeWindow: window(startMs - 25 * hourMs, startMs) }, /within the last 24 hours/],
    ['a web ACL that is not there', { WebAclArn: `${acl.ARN.slice(0, -4)}0000` }, /^WAFNonexistentItem/],
    ['no ARN of a web ACL', { WebAclArn: 'arn:aws:s3:::aaaaaaaaaaaa' }, /^WAFInvalidParameter.*RESOURCE_ARN/],
    ['another scope', { Scope: 'CLOUDFRONT' }, /SCOPE_VALUE/],
    ['a marker that is none', { NextMarker: 'x' }, /The marker is not valid/],
    ['a marker of another list', { NextMarker: forged('1:acl') }, /The marker is not valid/],
    ['a path that does not begin as one', { UriPathPrefix: 'a' }, /^WAFInvalidParameter|Validation/],
    ['too many paths', { Limit: 101 }, /^WAFInvalidParameter|Validation/],
    ['too many bots', { NumberOfTopTrafficBotsPerPath: 11 }, /^WAFInvalidParameter|Validation/],
  ]
  for (const [why, wish, want] of rows)
    assert.match(await refusal(admin.getTopPathStatisticsByTraffic(asking(wish))), want, why)
  assert.equal(rows.length, 10)
  await admin.getTopPathStatisticsByTraffic(
    asking({ TimeWindow: window(startMs - 24 * hourMs, startMs + hourMs) }),
  )

  const reader = await user('reader', {
    Effect: 'Allow',
    Action: 'wafv2:GetTopPathStatisticsByTraffic',
    Resource: acl.ARN,
  })
  await reader.getTopPathStatisticsByTraffic(asking())
  const other = await user('other', { Effect: 'Allow', Action: 'wafv2:GetSampledRequests', Resource: '*' })
  assert.match(await refusal(other.getTopPathStatisticsByTraffic(asking())), /^AccessDenied/)
  assert.match(
    await refusal(administrator(here, 'eu-west-1').getTopPathStatisticsByTraffic(asking())),
    /^WAFNonexistentItem/,
  )
})

test('wafv2: there is no mobile SDK and no revenue, and that is what is told', async () => {
  const { admin, user } = await rig()
  const Platform = 'IOS'
  const release = { Platform, ReleaseVersion: '1.0.0' } as const
  const asking = {
    Scope: 'REGIONAL',
    Currency: 'USDC',
    TimeWindow: window(startMs - hourMs, startMs),
  } as const
  const ranking = { ...asking, StatisticType: 'TOP_SOURCES_BY_REVENUE' } as const
  const overTime = { ...asking, StatisticType: 'DATE_HISTOGRAM', Interval: 'HOURLY' } as const
  const told = async (answer: Promise<object>) => {
    const { $metadata: _, ...rest } = (await answer) as { $metadata: unknown } // Every answer has it.
    return rest
  }
  assert.deepEqual(await told(admin.listMobileSdkReleases({ Platform })), { ReleaseSummaries: [] })
  assert.deepEqual(await told(admin.listSettlementRecords(asking)), { Settlements: [] })
  assert.deepEqual(await told(admin.getRevenueStatistics(ranking)), {
    SourceStatistics: [],
    RevenuePathStatistics: [],
  })
  assert.deepEqual(await told(admin.getRevenueStatisticsTimeSeries(overTime)), { DataPoints: [] })
  assert.deepEqual(await told(admin.getRevenueStatisticsSummary(asking)), {
    RevenueBreakdown: {
      ...{ TotalAmount: '0', VerifiedAmount: '0', UnverifiedAmount: '0' },
      ...{ Currency: 'USDC', TotalSettled: 0, TotalMonetizeServed: 0 },
    },
  })
  const backwards = { ...asking, TimeWindow: window(startMs, startMs - 1_000) }
  const refusals: readonly [why: string, answer: Promise<unknown>, want: RegExp][] = [
    ['no release', admin.getMobileSdkRelease(release), /^WAFNonexistentItem/],
    ['no URL of one', admin.generateMobileSdkReleaseUrl(release), /^WAFNonexistentItem/],
    ['a marker', admin.listMobileSdkReleases({ Platform, NextMarker: 'x' }), /marker is not valid/],
    ['a marker', admin.listSettlementRecords({ ...asking, NextMarker: 'x' }), /marker is not valid/],
    ['backwards', admin.listSettlementRecords(backwards), /ends before it begins/],
    ['backwards', admin.getRevenueStatisticsSummary(backwards), /ends before it begins/],
    ['backwards', admin.getRevenueStatistics({ ...ranking, ...backwards }), /ends before it begins/],
    ['backwards', admin.getRevenueStatisticsTimeSeries({ ...overTime, ...backwards }), /ends before/],
  ]
  for (const [why, answer, want] of refusals) assert.match(await refusal(answer), want, why)
  assert.equal(refusals.length, 8)

  const nobody = await user('nobody', { Effect: 'Allow', Action: 'wafv2:ListWebACLs', Resource: '*' })
  const denied = [
    nobody.listMobileSdkReleases({ Platform }),
    nobody.getMobileSdkRelease(release),
    nobody.generateMobileSdkReleaseUrl(release),
    nobody.listSettlementRecords(asking),
    nobody.getRevenueStatistics(ranking),
    nobody.getRevenueStatisticsTimeSeries(overTime),
    nobody.getRevenueStatisticsSummary(asking),
  ]
  for (const answer of denied) assert.match(await refusal(answer), /^AccessDenied/)
  assert.equal(denied.length, 7)
})
