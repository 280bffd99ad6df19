import type { GuardedWebACL, LogPlace, WebACLLogging } from '#core/front-door.ts'
import type { MatchedRule, NonTerminating, Verdict } from '#engines/waf/index.ts'
import type { Judgement, RequestRecord } from '../record.ts'
import { dateParts } from './log-text.ts'
import type { RuleFacts, WebACLFacts } from './web-acl-rules.ts'

const redacted = 'REDACTED'

/**
 * A request's line in a web ACL's log, with what is to be blackened blackened. Source: AWS WAF Developer Guide, "Log fields".
 * Differs: which part of a request matched (`terminatingRuleMatchDetails`) is not told; of rule groups those that matched are listed.
 */
export function wafLogLine(record: RequestRecord, judgement: Judgement, facts: WebACLFacts): string {
  const { request, frontDoor } = record
  const { webACL, verdict, token } = judgement
  const { terminatingRule, action } = verdict
  const redact = webACL.logging?.redact
  const hidden = new Set(redact?.headers)
  const type = terminatingRule && facts.rules.get(terminatingRule.rule)
  const tokenResponse = token && {
    responseCode: judgement.responseCodeSent ?? 0,
    ...(token.solvedAtMs !== undefined && { solveTimestamp: Math.floor(token.solvedAtMs / 1000) }),
    ...(token.failure !== undefined && { failureReason: token.failure }),
  }
  return JSON.stringify({
    timestamp: request.receivedAtMs,
    formatVersion: 1,
    webaclId: webACL.arn,
    terminatingRuleId: terminatingRule?.rule ?? 'Default_Action',
    terminatingRuleType: type?.type ?? 'REGULAR',
    action: action.type,
    terminatingRuleMatchDetails: [],
    httpSourceName: 'ALB',
    httpSourceId: `${frontDoor.account}-${frontDoor.resourceId}`,
    ruleGroupList: groupsOf(verdict, facts),
    rateBasedRuleList: rateRule(terminatingRule, type),
    nonTerminatingMatchingRules: verdict.nonTerminating
      .filter(({ withinGroup }) => withinGroup === undefined)
      .map(({ rule, action: done }) => ({ ruleId: rule, action: done, ruleMatchDetails: [] })),
    requestHeadersInserted: judgement.insertedHeaders.map(([name, value]) => ({ name, value })),
    responseCodeSent: judgement.responseCodeSent ?? null,
    httpRequest: {
      clientIp: request.client.address,
      country: judgement.country,
      headers: request.headers.map(([name, value]) => ({
        name,
        value: hidden.has(name.toLowerCase()) ? redacted : value,
      })),
      uri: redact?.uriPath === true ? redacted : request.path,
      args: redact?.queryString === true ? redacted : (request.query ?? ''),
      httpVersion: `HTTP/${request.httpVersion}`,
      httpMethod: redact?.method === true ? redacted : request.method,
      requestId: record.traceId.replace(/^(?:.*;)?Root=([^;]+).*$/, '$1'),
      scheme: request.scheme,
      host: request.host,
    },
    ...(verdict.labels.length > 0 && { labels: verdict.labels.slice(0, 100).map((name) => ({ name })) }),
    ...(action.type === 'CAPTCHA' && {
      captchaResponse: tokenResponse ?? { responseCode: 405, failureReason: action.failure },
    }),
    ...(action.type === 'CHALLENGE' && {
      challengeResponse: tokenResponse ?? { responseCode: 202, failureReason: action.failure },
    }),
    ...(request.tls?.ja3 !== undefined && { ja3Fingerprint: request.tls.ja3 }),
    ...(request.tls?.ja4 !== undefined && { ja4Fingerprint: request.tls.ja4 }),
    ...(verdict.oversize.length > 0 && { oversizeFields: verdict.oversize }),
    requestBodySize: Math.max(judgement.bodyBytes, 0),
    requestBodySizeInspectedByWAF: judgement.bodyBytes,
  })
}

function groupsOf(
  { action: ending, terminatingRule, nonTerminating }: Verdict,
  facts: WebACLFacts,
): readonly object[] {
  const groups = new Map<string, { terminating: MatchedRule | undefined; others: NonTerminating[] }>()
  const groupOf = ({ rule, withinGroup }: MatchedRule) => {
    if (withinGroup === undefined) return undefined
    const id = facts.rules.get(rule)?.groupId ?? withinGroup.group
    const known = groups.get(id) ?? { terminating: undefined, others: [] }
    groups.set(id, known)
    return known
  }
  for (const note of nonTerminating) groupOf(note)?.others.push(note)
  const ended = terminatingRule && groupOf(terminatingRule)
  if (ended) ended.terminating = terminatingRule
  return [...groups].map(([ruleGroupId, { terminating, others }]) => ({
    ruleGroupId,
    terminatingRule:
      terminating === undefined
        ? null
        : { ruleId: terminating.withinGroup?.rule, action: ending.type, ruleMatchDetails: null },
    nonTerminatingMatchingRules: others.map(({ withinGroup, action }) => ({
      ruleId: withinGroup?.rule,
      action,
      ruleMatchDetails: [],
    })),
    excludedRules: null,
    customerConfig: null,
  }))
}

function rateRule(rule: MatchedRule | undefined, facts: RuleFacts | undefined): readonly object[] {
  if (rule === undefined || facts?.rate === undefined) return []
  return [{ rateBasedRuleName: rule.rule, limitKey: facts.rate.key, maxRateAllowed: facts.rate.limit }]
}

/** Whether a request is to be logged. Source: AWS WAFV2 API, LoggingFilter: the first filter that fits decides. */
export function isKept({ filter }: WebACLLogging, { action, labels, nonTerminating }: Verdict): boolean {
  if (filter === undefined) return true
  const actions = new Set<string>([action.type, ...nonTerminating.map((note) => note.action)])
  for (const { keep, meetsAll, conditions } of filter.filters) {
    const holds = conditions.map((condition) =>
      'action' in condition ? actions.has(condition.action) : labels.includes(condition.label),
    )
    if (meetsAll ? holds.every(Boolean) : holds.some(Boolean)) return keep
  }
  return filter.defaultKeep
}

/** Where a web ACL's line belongs. Source: AWS WAF Developer Guide, "Sending web ACL traffic logs to an Amazon S3 bucket". */
export function wafLogPath(
  { account, region, name }: GuardedWebACL,
  { prefix }: LogPlace,
  nowMs: number,
  node: string,
): string {
  const fileMs = 5 * 60_000
  const { year, month, day, hour, minute } = dateParts(Math.floor(nowMs / fileMs) * fileMs)
  const folder = `AWSLogs/${account}/WAFLogs/${region}/${name}/${year}/${month}/${day}/${hour}/${minute}`
  const file = `${account}_waflogs_${region}_${name}_${year}${month}${day}T${hour}${minute}Z_${node}.log.gz`
  return `${prefix === '' ? '' : `${prefix}/`}${folder}/${file}`
}
