import type { MatchedRule, Visibility } from '#engines/waf/index.ts'
import type { MetricIncrement } from '#core/metrics.ts'
import type { Judgement, RequestRecord } from '../record.ts'
import { Kept } from './kept.ts'
import type { Metrics, Series } from './metrics.ts'
import type { WebACLFacts } from './web-acl-rules.ts'

type Dimension = MetricIncrement['dimensions'][number]

const names = {
  ALLOW: 'AllowedRequests',
  BLOCK: 'BlockedRequests',
  COUNT: 'CountedRequests',
  CAPTCHA: 'CaptchaRequests',
  CHALLENGE: 'ChallengeRequests',
} as const

/** Metrics of web ACLs. Source: AWS WAF Developer Guide, "AWS WAF core metrics and dimensions". */
export class WebACLMetrics {
  readonly #metrics: Metrics
  readonly #series = new Kept<Series>()

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  /** Counts what a web ACL did with a request: under the rule's metric, under that of the rule within a group, and under `ALL`. */
  request({ request }: RequestRecord, { webACL, verdict }: Judgement, facts: WebACLFacts): void {
    const { visibility } = facts
    if (visibility === undefined) return
    const nowMs = request.receivedAtMs
    const count = (name: string, rule: string): void =>
      this.#of(webACL, ['Rule', rule], ['WebACL', visibility.MetricName]).count(name, nowMs)
    const countRule = (name: string, matched: MatchedRule): void => {
      if (isOn(matched.visibility)) count(name, matched.visibility.MetricName)
      const { withinGroup } = matched
      if (withinGroup !== undefined && isOn(withinGroup.visibility))
        this.#of(webACL, ...withinGroupDimensions(matched, withinGroup, visibility, facts)).count(name, nowMs)
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

  #of(webACL: Judgement['webACL'], ...others: readonly Dimension[]): Series {
    const key = others.map(([dimension, of]) => `${dimension}=${of}`).join(' ')
    return this.#series.of(webACL, key, () => {
      const { account, region } = webACL
      const dimensions = [...others, ['Region', region] as const].toSorted(([one], [other]) =>
        one < other ? -1 : 1,
      )
      return this.#metrics.series({ namespace: 'AWS/WAFV2', account, region, dimensions })
    })
  }
}

/** A rule of a group: by the group's name where it is managed, else by the group's metric. */
function withinGroupDimensions(
  matched: MatchedRule,
  withinGroup: NonNullable<MatchedRule['withinGroup']>,
  { MetricName }: Visibility,
  facts: WebACLFacts,
): readonly Dimension[] {
  const group = facts.rules.get(matched.rule)
  return group?.type === 'MANAGED_RULE_GROUP'
    ? [
        ['ManagedRuleGroup', group.groupName ?? withinGroup.group],
        ['ManagedRuleGroupRule', withinGroup.rule],
        ['WebACL', MetricName],
      ]
    : [
        ['Rule', withinGroup.visibility.MetricName],
        ['RuleGroup', matched.visibility.MetricName],
      ]
}

/** A check that a request's token had passed is counted by itself. */
function passedName(action: 'COUNT' | 'CAPTCHA' | 'CHALLENGE'): string {
  if (action === 'COUNT') return names.COUNT
  return action === 'CAPTCHA' ? 'RequestsWithValidCaptchaToken' : 'RequestsWithValidChallengeToken'
}

function isOn({ CloudWatchMetricsEnabled }: Visibility): boolean {
  return CloudWatchMetricsEnabled
}
