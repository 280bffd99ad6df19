import type { Arn } from '#core/arn.ts'
import type { Judgement, RequestRecord } from '../record.ts'
import { HeavyHitters } from './heavy-hitters.ts'
import type { BotReport } from './reports.ts'

/** What traffic of bots is counted by. Units: milliseconds. */
export const botBucketMs = 5 * 60_000
/** Kept apart of one web ACL and bucket: the bots, their paths' first segments, and their paths. */
const kept = { bots: 64, tops: 128, paths: 256 } as const

/** Source: AWS WAF Developer Guide, "Bot Control rule group", labels. */
const labels = 'awswaf:managed:aws:bot-control:bot:'
/** Source: WAFV2 API, PathString: at most 512 characters; longer paths are counted as what they begin with. */
const pathCharactersMax = 512

/** A bot as Bot Control's labels tell it; empty where they do not. */
export interface Bot {
  readonly category: string
  readonly organization: string
  readonly name: string
}

/** What bots asked for within one bucket: all of it counted, and the most frequent told apart. */
export class BotCounts {
  total = 0
  readonly bots = new HeavyHitters(kept.bots)
  readonly tops = new HeavyHitters(kept.tops)
  readonly paths = new HeavyHitters(kept.paths)

  /** Counters in memory. */
  get size(): number {
    return this.bots.size + this.tops.size + this.paths.size
  }

  request(bot: string, path: string): void {
    this.total += 1
    this.bots.add(bot)
    this.tops.add(`${bot}\n${topOf(path)}`)
    this.paths.add(`${bot}\n${path}`)
  }

  merge({ total, bots, tops, paths }: Pick<BotReport, 'total' | 'bots' | 'tops' | 'paths'>): void {
    this.total += total
    for (const [key, count] of bots) this.bots.add(key, count)
    for (const [key, count] of tops) this.tops.add(key, count)
    for (const [key, count] of paths) this.paths.add(key, count)
  }
}

interface Gathering {
  readonly webACL: Arn
  readonly bucketMs: number
  readonly counts: BotCounts
}

/** Counts in one worker what bots ask for, for GetTopPathStatisticsByTraffic: those that Bot Control names, and nobody else. */
export class BotTraffic {
  #gathering = new Map<string, Gathering>()

  request({ request }: RequestRecord, { webACL, verdict }: Judgement): void {
    const bot = botOf(verdict.labels)
    if (bot === undefined) return
    const bucketMs = Math.floor(request.receivedAtMs / botBucketMs) * botBucketMs
    const key = `${webACL.arn} ${bucketMs}`
    let gathering = this.#gathering.get(key)
    if (gathering === undefined) {
      gathering = { webACL: webACL.arn, bucketMs, counts: new BotCounts() }
      this.#gathering.set(key, gathering)
    }
    gathering.counts.request(bot, request.path.slice(0, pathCharactersMax) || '/')
  }

  take(): readonly BotReport[] {
    const taken = [...this.#gathering.values()].map(({ webACL, bucketMs, counts }) => ({
      webACL,
      bucketMs,
      total: counts.total,
      bots: counts.bots.entries(),
      tops: counts.tops.entries(),
      paths: counts.paths.entries(),
    }))
    this.#gathering = new Map()
    return taken
  }
}

/** Reads what a counter is of: the bot, and the path where it is of one. */
export function countedOf(key: string): { readonly bot: Bot; readonly path: string } {
  const end = key.indexOf('\n')
  const [category = '', organization = '', name = ''] = (end < 0 ? key : key.slice(0, end)).split(' ')
  return { bot: { category, organization, name }, path: end < 0 ? '' : key.slice(end + 1) }
}

/** Labels have neither spaces nor ends of lines. */
function botOf(all: readonly string[]): string | undefined {
  const told = (kind: string): string =>
    all
      .find((label) => label.startsWith(kind, labels.length) && label.startsWith(labels))
      ?.slice(labels.length + kind.length) ?? ''
  const name = all.length === 0 ? '' : told('name:')
  return name === '' ? undefined : `${told('category:')} ${told('organization:')} ${name}`
}

/** `/api/` of `/api/v1/users`, `/login` of itself. */
function topOf(path: string): string {
  const end = path.indexOf('/', 1)
  return end < 0 ? path : path.slice(0, end + 1)
}
