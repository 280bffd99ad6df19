import type { MatchedRule, Visibility } from '#engines/waf/index.ts'
import type { Judgement, RequestRecord } from '../record.ts'
import type { Metrics } from './metrics.ts'
import type { WebACLFacts } from './web-acl-rules.ts'

const names = {
  ALLOW: 'AllowedRequests',
  BLOCK: 'BlockedRequests',
  COUNT: 'CountedRequests',
  CAPTCHA: 'CaptchaRequests',
  CHALLENGE: 'ChallengeRequests',
} as const

/**
 * Counts what a web ACL did with a request: under the rule's metric, under that of the rule within a group, and under `ALL`.
 * Source: AWS WAF Developer Guide, "AWS WAF core metrics and dimensions".
 */
export function countWebACL(
  metrics: Metrics,
  { request }: RequestRecord,
  { webACL, verdict }: Judgement,
  facts: WebACLFacts,
): void {
  const { visibility } = facts
  if (visibility === undefined) return
  const { account, region } = webACL
  const place = { namespace: 'AWS/WAFV2', account, region }
  const nowMs = request.receivedAtMs
  const count = (name: string, rule: string): void =>
    metrics.count(
      place,
      name,
      [
        ['Region', region],
        ['Rule', rule],
        ['WebACL', visibility.MetricName],
      ],
      nowMs,
    )
  const countRule = (name: string, matched: MatchedRule): void => {
    if (isOn(matched.visibility)) count(name, matched.visibility.MetricName)
    const { withinGroup } = matched
    const group = facts.rules.get(matched.rule)
    if (withinGroup === undefined || !isOn(withinGroup.visibility)) return
    if (group?.type === 'MANAGED_RULE_GROUP')
      metrics.count(
        place,
        name,
        [
          ['ManagedRuleGroup', group.groupName ?? withinGroup.group],
          ['ManagedRuleGroupRule', withinGroup.rule],
          ['Region', region],
          ['WebACL', visibility.MetricName],
        ],
        nowMs,
      )
    else
      metrics.count(
        place,
        name,
        [
          ['Region', region],
          ['Rule', withinGroup.visibility.MetricName],
          ['RuleGroup', matched.visibility.MetricName],
        ],
        nowMs,
      )
  }
  for (const note of verdict.nonTerminating) {
    const name = note.action === 'EXCLUDED_AS_COUNT' ? names.COUNT : passedName(note.action)
    countRule(name, note)
    if (isOn(visibility)) count(name, 'ALL')
  }
  const name = names[verdict.action.type]
  if (verdict.terminatingRule) countRule(name, verdict.terminatingRule)
  else if (isOn(visibility)) count(name, 'Default_Action')
  if (isOn(visibility)) count(name, 'ALL')
}

/** A check that a request's token had passed is counted by itself. */
function passedName(action: 'COUNT' | 'CAPTCHA' | 'CHALLENGE'): string {
  if (action === 'COUNT') return names.COUNT
  return action === 'CAPTCHA' ? 'RequestsWithValidCaptchaToken' : 'RequestsWithValidChallengeToken'
}

function isOn({ CloudWatchMetricsEnabled }: Visibility): boolean {
  return CloudWatchMetricsEnabled
}
