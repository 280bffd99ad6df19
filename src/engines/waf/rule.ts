import { type Action, type CustomBodies, readAction } from './action.ts'
import { boolean, exactlyOne, integer, listOf, members, optional, text } from './read.ts'
import { invalid } from './refusal.ts'
import { readStatement, type Statement } from './statements/index.ts'
import { entityName, labelText } from './names.ts'
import { anything } from './read.ts'

/** Whether a rule's matches are counted and sampled, and under which name. */
export interface Visibility {
  readonly MetricName: string
  readonly SampledRequestsEnabled: boolean
  readonly CloudWatchMetricsEnabled: boolean
}

/** Source: AWS WAFV2 API, VisibilityConfig. */
export const visibilityConfig = members(
  {
    MetricName: text(1, 255, /^[\w#:.\-/]+$/),
    SampledRequestsEnabled: boolean,
    CloudWatchMetricsEnabled: boolean,
  },
  'METRIC_NAME',
)

/** Source: AWS WAFV2 API, ImmunityTimeProperty; the default, AWS WAF Developer Guide, "Setting timestamp expiration". */
const immunity = members({ ImmunityTime: integer(60, 259_200) }, 'CHALLENGE_CONFIG')
/** Source: AWS WAFV2 API, CaptchaConfig and ChallengeConfig. */
export const tokenConfig = members({ ImmunityTimeProperty: optional(immunity) }, 'CHALLENGE_CONFIG')
export const immunityDefaultSec = 300

const shape = members(
  {
    Name: entityName,
    Priority: integer(0, 2 ** 31 - 1),
    Statement: anything,
    Action: optional(anything),
    OverrideAction: optional(anything),
    RuleLabels: optional(listOf(members({ Name: labelText }), 0, 100)),
    VisibilityConfig: visibilityConfig,
    CaptchaConfig: optional(tokenConfig),
    ChallengeConfig: optional(tokenConfig),
  },
  'RULE',
)

interface RuleBase {
  readonly name: string
  readonly priority: number
  readonly visibility: Visibility
}

/** A rule that acts by itself. */
export interface PlainRule extends RuleBase {
  readonly statement: Extract<Statement, { readonly form: 'match' }>
  readonly action: Action
  readonly labels: readonly string[]
  /** How long a solved CAPTCHA or challenge counts, where the rule says so itself. */
  readonly immunitySec: { readonly CAPTCHA: number | undefined; readonly CHALLENGE: number | undefined }
}

/** A rule that stands for those of a group. */
export interface GroupRule extends RuleBase {
  readonly statement: Extract<Statement, { readonly form: 'group' }>
  /** Whether the group's terminating matches only count. */
  readonly counts: boolean
}

export type Rule = PlainRule | GroupRule

export function isGroupRule(rule: Rule): rule is GroupRule {
  return rule.statement.form === 'group'
}

/** Names and labels that AWS keeps for itself. */
const reservedLabel = /^(?:awswaf|aws|waf|webacl|rulegroup|regexpatternset|ipset|managed)(?::|$)/

/** Reads a rule of a web ACL or of a rule group. */
function readRule(value: unknown, bodies: CustomBodies): Rule {
  const given = shape(value, 'RULE', 'Rule')
  const statement = readStatement(given.Statement)
  const base = { name: given.Name, priority: given.Priority, visibility: given.VisibilityConfig }
  if (statement.form === 'group') {
    if (given.Action !== undefined)
      throw invalid(
        'RULE_ACTION',
        given.Name,
        'a rule that refers to a rule group has OverrideAction, not Action',
      )
    const [override, body] = exactlyOne('OVERRIDE_ACTION', ['None', 'Count'])(
      given.OverrideAction,
      'OVERRIDE_ACTION',
      'OverrideAction',
    )
    if (override === 'Count') readAction({ Count: body }, 'OVERRIDE_ACTION', override, bodies)
    else members({})(body, 'OVERRIDE_ACTION', override)
    if ((given.RuleLabels ?? []).length > 0)
      throw invalid('RULE', given.Name, 'a rule that refers to a rule group adds no labels')
    return { ...base, statement, counts: override === 'Count' }
  }
  if (given.OverrideAction !== undefined)
    throw invalid('OVERRIDE_ACTION', given.Name, 'only a rule that refers to a rule group has OverrideAction')
  const action = readAction(given.Action, 'RULE_ACTION', 'Action', bodies)
  const labels = (given.RuleLabels ?? []).map(({ Name }) => Name)
  for (const label of labels) {
    if (reservedLabel.test(label) || label.endsWith(':') || label.split(':').length > 6)
      throw invalid('RULE', label, 'is not a label that a rule may add')
  }
  const immunitySec = {
    CAPTCHA: given.CaptchaConfig?.ImmunityTimeProperty?.ImmunityTime,
    CHALLENGE: given.ChallengeConfig?.ImmunityTimeProperty?.ImmunityTime,
  }
  return { ...base, statement, action, labels, immunitySec }
}

/** Reads rules, in the order in which they are asked. */
export function readRules(value: unknown, bodies: CustomBodies): readonly Rule[] {
  const rules = listOf((rule) => readRule(rule, bodies), 0, rulesMax)(value ?? [], 'RULE', 'Rules')
  const seen = { names: new Set<string>(), priorities: new Set<number>() }
  for (const { name, priority } of rules) {
    if (seen.names.has(name)) throw invalid('RULE', name, 'each rule must have a name of its own')
    if (seen.priorities.has(priority))
      throw invalid('RULE', String(priority), 'each rule must have a priority of its own')
    seen.names.add(name)
    seen.priorities.add(priority)
  }
  return [...rules].sort((one, other) => one.priority - other.priority)
}

/** No rule costs less than one unit of 5,000. */
const rulesMax = 5_000
