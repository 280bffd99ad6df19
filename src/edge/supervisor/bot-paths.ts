import type { BotPath, BotPathQuery, BotPaths } from '#core/edge-view.ts'
import { type Bot, botBucketMs, BotCounts, type BotReport, countedOf } from '../records/index.ts'

/** How long traffic of bots is known of. Units: milliseconds. */
const keptMs = 24 * 3_600_000
/** Counters in memory, of all web ACLs together; the oldest buckets go first. */
const countersMax = 100_000
/** What one question is answered with. Source: WAFV2 API, NumberOfTopTrafficBotsPerPath: at most 10. */
const pathsMax = 1_000
const botsMax = 10

/** What bots asked for in the last day, as the workers report it. */
export class BotPathBuckets {
  readonly #nowMs: () => number
  /** By web ACL, then by the bucket's begin. */
  readonly #webACLs = new Map<string, Map<number, BotCounts>>()
  #counters = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(reports: readonly BotReport[]): void {
    for (const report of reports) {
      let buckets = this.#webACLs.get(report.webACL)
      if (buckets === undefined) this.#webACLs.set(report.webACL, (buckets = new Map()))
      let counts = buckets.get(report.bucketMs)
      if (counts === undefined) buckets.set(report.bucketMs, (counts = new BotCounts()))
      const before = counts.size
      counts.merge(report)
      this.#counters += counts.size - before
    }
    if (reports.length > 0) this.#forget()
  }

  /** Buckets that the window touches are counted whole. */
  find({ webACL, fromMs, toMs, pathPrefix, ...wanted }: BotPathQuery): BotPaths {
    const paths = new Tally()
    const categories = new Tally()
    const filtered = Object.values(wanted).some((value) => value !== undefined)
    let [all, told, shown] = [0, 0, 0]
    for (const [at, counts] of this.#webACLs.get(webACL) ?? []) {
      if (at + botBucketMs <= fromMs || at > toMs) continue
      all += counts.total
      for (const [key, count] of counts.bots.entries()) if (isOf(countedOf(key).bot, wanted)) told += count
      for (const [key, count] of (pathPrefix === undefined ? counts.tops : counts.paths).entries()) {
        const { bot, path } = countedOf(key)
        if (!path.startsWith(pathPrefix ?? '') || !isOf(bot, wanted)) continue
        shown += count
        paths.add(path, bot.name, count)
        categories.add(`${bot.category}\n${path}`, bot.name, count)
      }
    }
    const total = pathPrefix !== undefined ? shown : filtered ? Math.max(told, shown) : all
    return { total, paths: paths.top(), categories: categories.top().map(ofCategory) }
  }

  #forget(): void {
    const before = this.#nowMs() - keptMs
    for (;;) {
      const [webACL, at] = this.#oldest()
      if (at + botBucketMs > before && this.#counters <= countersMax) return
      const buckets = this.#webACLs.get(webACL)
      const counts = buckets?.get(at)
      if (buckets === undefined || counts === undefined) return
      this.#counters -= counts.size
      buckets.delete(at)
      if (buckets.size === 0) this.#webACLs.delete(webACL)
    }
  }

  #oldest(): readonly [webACL: string, at: number] {
    let [found, oldest] = ['', Infinity]
    for (const [webACL, buckets] of this.#webACLs)
      for (const at of buckets.keys()) if (at < oldest) [found, oldest] = [webACL, at]
    return [found, oldest]
  }
}

/** Adds up how often each bot asked for each thing. */
class Tally {
  readonly #counts = new Map<string, Map<string, number>>()

  add(key: string, bot: string, count: number): void {
    let bots = this.#counts.get(key)
    if (bots === undefined) this.#counts.set(key, (bots = new Map()))
    bots.set(bot, (bots.get(bot) ?? 0) + count)
  }

  /** Those most often asked for; equals by their names, so that pages of a list fit. */
  top(): readonly BotPath[] {
    const all = [...this.#counts].map(([path, bots]) => ({
      path,
      count: [...bots.values()].reduce((sum, count) => sum + count, 0),
      bots,
    }))
    return all
      .sort((one, other) => other.count - one.count || (one.path < other.path ? -1 : 1))
      .slice(0, pathsMax)
      .map(({ bots, ...rest }) => ({
        ...rest,
        bots: [...bots].sort((one, other) => other[1] - one[1]).slice(0, botsMax),
      }))
  }
}

function ofCategory({ path: key, ...rest }: BotPath): BotPaths['categories'][number] {
  const end = key.indexOf('\n')
  return { ...rest, category: key.slice(0, end), path: key.slice(end + 1) }
}

/** Labels are in small letters; AWS's documentation spells organizations in both ways. */
function isOf(bot: Bot, wanted: { readonly [Member in keyof Bot]?: Bot[Member] | undefined }): boolean {
  return (['category', 'organization', 'name'] as const).every(
    (member) => wanted[member] === undefined || wanted[member].toLowerCase() === bot[member],
  )
}
