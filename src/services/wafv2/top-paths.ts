import type { BotPath } from '#core/edge-view.ts'
import type { FilterSource, GetTopPathStatisticsByTrafficRequest, PathStatistics } from '#models/wafv2.d.ts'
import { wafv2 } from './declare.ts'
import { findByArn, webACL } from './entities.ts'
import { faults } from './faults.ts'
import { page } from './paging.ts'
import { placeOf } from './places.ts'

/** What the edge keeps, and what it counts by: a clock that is a little behind ours asks for no more. Units: milliseconds. */
const windowMsMax = 24 * 3_600_000
const slackMs = 5 * 60_000

/**
 * Shows which paths bots ask for most, as the edge counts those that Bot Control names.
 * Faults: WAFInvalidParameterException for a scope that is not the web ACL's, and for a window that is not within the last 24 hours;
 * WAFNonexistentItemException.
 */
export const GetTopPathStatisticsByTraffic = wafv2('GetTopPathStatisticsByTraffic', {
  target: ({ WebAclArn }, call) => findByArn(call, [webACL], WebAclArn),
  access: (acl) => [{ action: 'wafv2:GetTopPathStatisticsByTraffic', resource: acl }],
  prepare({ target: acl, input, call }) {
    const { region } = placeOf({ account: acl.place.account, region: call.region }, input.Scope)
    if (region !== acl.place.region)
      throw faults.invalid('SCOPE_VALUE', input.Scope, 'The scope is not the web ACL’s.')
    const [fromMs, toMs] = [input.TimeWindow.StartTime.getTime(), input.TimeWindow.EndTime.getTime()]
    if (!(call.nowMs - windowMsMax - slackMs <= fromMs && fromMs <= toMs))
      throw faults.invalidWindow('The time window is not within the last 24 hours.')
    return call.parts.edge.botPaths({
      webACL: acl.arn,
      fromMs,
      toMs,
      pathPrefix: input.UriPathPrefix,
      category: input.BotCategory,
      organization: input.BotOrganization,
      name: input.BotName,
    })
  },
  run({ input, prepared: { total, paths, categories } }) {
    const source = sourceOf(input)
    const ranked = paths.map((path, rank) => ({ ...path, id: String(rank) }))
    const { items, ...next } = page(input, (after, limit) => {
      if (after !== undefined && !/^\d{1,4}$/.test(after)) throw faults.invalidMarker(input.NextMarker ?? '')
      const from = after === undefined ? 0 : Number(after) + 1
      return ranked.slice(from, from + limit)
    })
    const shown = shownOf(total, input.NumberOfTopTrafficBotsPerPath)
    return {
      PathStatistics: items.map((path) => shown(path, source)),
      TotalRequestCount: total,
      ...(source === undefined && {
        TopCategories: categories
          .slice(0, input.Limit)
          .map((path) => shown(path, { BotCategory: path.category })),
      }),
      ...next,
    }
  },
})

/** What was filtered by; undefined where nothing was. */
function sourceOf({
  BotCategory,
  BotOrganization,
  BotName,
}: GetTopPathStatisticsByTrafficRequest): FilterSource | undefined {
  const given = { BotCategory, BotOrganization, BotName }
  return Object.values(given).every((value) => value === undefined) ? undefined : given
}

function shownOf(total: number, botsMax: number) {
  return ({ path, count, bots }: BotPath, Source: FilterSource | undefined): PathStatistics => ({
    Source,
    Path: path,
    RequestCount: count,
    Percentage: percentage(count, total),
    TopBots: bots.slice(0, botsMax).map(([BotName, RequestCount]) => ({
      BotName,
      RequestCount,
      Percentage: percentage(RequestCount, count),
    })),
  })
}

function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole
}
