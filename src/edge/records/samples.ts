import type { Arn } from '#core/arn.ts'
import type { SampledRequest } from '#core/edge-view.ts'
import type { MatchedRule } from '#engines/waf/index.ts'
import type { Judgement, RequestRecord } from '../record.ts'
import type { SampleReport } from './reports.ts'
import type { WebACLFacts } from './web-acl-rules.ts'

/** Requests that are kept of one metric between two reports; all are counted. */
const keptMax = 100
const minuteMs = 60_000

interface Gathering {
  readonly webACL: Arn
  readonly metricName: string
  readonly minuteMs: number
  population: number
  readonly requests: SampledRequest[]
}

/** Gathers samples of what rules saw, for GetSampledRequests. */
export class Samples {
  #gathering = new Map<string, Gathering>()

  add(record: RequestRecord, judgement: Judgement, facts: WebACLFacts): void {
    const { verdict, webACL } = judgement
    const add = (metricName: string, action: SampledRequest['action'], rule: MatchedRule | undefined): void =>
      this.#add(webACL.arn, metricName, record, judgement, action, rule)
    for (const note of verdict.nonTerminating) {
      const action = note.action === 'EXCLUDED_AS_COUNT' ? 'COUNT' : note.action
      for (const name of metricsOf(note)) add(name, action, note)
    }
    const { terminatingRule, action } = verdict
    if (terminatingRule)
      for (const name of metricsOf(terminatingRule)) add(name, action.type, terminatingRule)
    else if (facts.visibility?.SampledRequestsEnabled === true)
      add(facts.visibility.MetricName, action.type, undefined)
  }

  take(): readonly SampleReport[] {
    const taken = [...this.#gathering.values()]
    this.#gathering = new Map()
    return taken
  }

  #add(
    webACL: Arn,
    metricName: string,
    record: RequestRecord,
    judgement: Judgement,
    action: SampledRequest['action'],
    rule: MatchedRule | undefined,
  ): void {
    const minute = Math.floor(record.request.receivedAtMs / minuteMs) * minuteMs
    const key = `${webACL} ${metricName} ${minute}`
    let gathering = this.#gathering.get(key)
    if (gathering === undefined) {
      gathering = { webACL, metricName, minuteMs: minute, population: 0, requests: [] }
      this.#gathering.set(key, gathering)
    }
    gathering.population += 1
    if (gathering.requests.length < keptMax) gathering.requests.push(sample(record, judgement, action, rule))
  }
}

/** The metrics under which a rule, and the one within its group, want to be sampled. */
function metricsOf({ visibility, withinGroup }: MatchedRule): readonly string[] {
  return [visibility, ...(withinGroup ? [withinGroup.visibility] : [])]
    .filter(({ SampledRequestsEnabled }) => SampledRequestsEnabled)
    .map(({ MetricName }) => MetricName)
}

function sample(
  { request }: RequestRecord,
  { country, insertedHeaders, responseCodeSent, verdict, token }: Judgement,
  action: SampledRequest['action'],
  rule: MatchedRule | undefined,
): SampledRequest {
  const ends = action === verdict.action.type && rule === verdict.terminatingRule
  return {
    timestampMs: request.receivedAtMs,
    clientIP: request.client.address,
    country,
    uri: request.query === undefined ? request.path : `${request.path}?${request.query}`,
    method: request.method,
    httpVersion: `HTTP/${request.httpVersion}`,
    headers: request.headers,
    action,
    overriddenAction: rule?.withinGroup?.overridden,
    ruleNameWithinRuleGroup: rule?.withinGroup?.rule,
    requestHeadersInserted: insertedHeaders,
    responseCodeSent: ends ? responseCodeSent : undefined,
    labels: verdict.labels,
    tokenResponse:
      ends && (action === 'CAPTCHA' || action === 'CHALLENGE')
        ? {
            kind: action,
            responseCode: responseCodeSent ?? 0,
            solveTimestampMs: token?.solvedAtMs,
            failureReason:
              token?.failure ?? ('failure' in verdict.action ? verdict.action.failure : undefined),
          }
        : undefined,
  }
}
