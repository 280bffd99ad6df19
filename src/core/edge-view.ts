import type { Arn } from './arn.ts'
import type { FindMetrics } from './metrics.ts'

// What the edge tells the rest. The edge's processes report to the main thread; every worker thread can ask there.

/** What the edge knows of its traffic; a worker in another thread asks over a message, hence the promises. */
export interface EdgeView {
  /** Requests that a rule of a web ACL saw, for GetSampledRequests. */
  readonly samples: (query: SampleQuery) => Promise<Samples>
  /** What bots ask of a web ACL most, for GetTopPathStatisticsByTraffic. */
  readonly botPaths: (query: BotPathQuery) => Promise<BotPaths>
  /** The addresses that a rate-based rule holds back now. */
  readonly rateLimited: (query: RateQuery) => Promise<readonly string[]>
  /** What listens, and what could not. */
  readonly listeners: () => Promise<readonly EdgeListener[]>
  /** What was counted and measured. */
  readonly metrics: FindMetrics
}

/** Source: WAFV2 API, GetSampledRequests. */
export interface SampleQuery {
  readonly webACL: Arn
  /** The metric name of a rule, or of the web ACL for its default action. */
  readonly metricName: string
  /** Milliseconds since 1970. */
  readonly fromMs: number
  readonly toMs: number
  readonly max: number
}

export interface Samples {
  readonly requests: readonly SampledRequest[]
  /** How many requests of the window the samples were taken from: the first 5,000 at most. */
  readonly population: number
  readonly fromMs: number
  readonly toMs: number
}

/** Source: WAFV2 API, SampledHTTPRequest. */
export interface SampledRequest {
  readonly timestampMs: number
  readonly clientIP: string
  readonly country: string
  readonly uri: string
  readonly method: string
  readonly httpVersion: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly action: 'ALLOW' | 'BLOCK' | 'COUNT' | 'CAPTCHA' | 'CHALLENGE'
  readonly overriddenAction?: string | undefined
  readonly ruleNameWithinRuleGroup?: string | undefined
  readonly requestHeadersInserted: readonly (readonly [name: string, value: string])[]
  readonly responseCodeSent?: number | undefined
  readonly labels: readonly string[]
  readonly tokenResponse?:
    | {
        readonly kind: 'CAPTCHA' | 'CHALLENGE'
        readonly responseCode: number
        readonly solveTimestampMs?: number | undefined
        readonly failureReason?: string | undefined
      }
    | undefined
}

/** Source: WAFV2 API, GetTopPathStatisticsByTraffic. */
export interface BotPathQuery {
  readonly webACL: Arn
  /** Milliseconds since 1970. */
  readonly fromMs: number
  readonly toMs: number
  /** Paths that begin so; without it paths are counted by their first segment. */
  readonly pathPrefix?: string | undefined
  /** Only bots of which this is told, in whatever case. */
  readonly category?: string | undefined
  readonly organization?: string | undefined
  readonly name?: string | undefined
}

/** Counts are what was seen or less, never more. */
export interface BotPaths {
  /** All that was asked for. */
  readonly total: number
  /** Most frequent first, some 1,000 of them at most. */
  readonly paths: readonly BotPath[]
  /** The same by category. */
  readonly categories: readonly (BotPath & { readonly category: string })[]
}

export interface BotPath {
  readonly path: string
  readonly count: number
  /** By name, most frequent first, ten of them at most. */
  readonly bots: readonly (readonly [name: string, count: number])[]
}

/** Source: WAFV2 API, GetRateBasedStatementManagedKeys. */
export interface RateQuery {
  readonly webACL: Arn
  readonly ruleName: string
  /** Of a rule within a rule group that the web ACL refers to. */
  readonly ruleGroupRuleName?: string | undefined
  readonly max: number
}

/** A socket of the edge, and the listener that it serves. */
export interface EdgeListener {
  readonly frontDoor: Arn
  readonly listener: Arn
  readonly hostName: string
  readonly protocol: 'HTTP' | 'HTTPS'
  /** `http://web-1a2b.us-east-1.elb.localhost:8080`: where a client on this machine reaches it. */
  readonly urls: readonly string[]
  /** Why its own port is not bound (`EACCES`, `EADDRINUSE`); the shared port serves it all the same. */
  readonly ownPortError?: string | undefined
  readonly webACL?: Arn | undefined
}

/** Where no edge runs: a command that works on a data directory by itself. */
export const noEdge: EdgeView = {
  samples: ({ fromMs, toMs }) => Promise.resolve({ requests: [], population: 0, fromMs, toMs }),
  botPaths: () => Promise.resolve({ total: 0, paths: [], categories: [] }),
  rateLimited: () => Promise.resolve([]),
  listeners: () => Promise.resolve([]),
  metrics: () => Promise.resolve([]),
}
