import type { LabelSummary, Rule } from '#models/wafv2.d.ts'
import { textIn, valuesOf } from './statements-in.ts'

/** The labels that rules add, by their full names. */
export function availableLabels(rules: readonly Rule[], namespace: string): readonly LabelSummary[] {
  return summaries(rules.flatMap(({ RuleLabels = [] }) => RuleLabels.map(({ Name }) => namespace + Name)))
}

/** The labels that rules ask for; one without namespace is the owner's own. */
export function consumedLabels(rules: readonly Rule[], namespace: string): readonly LabelSummary[] {
  const keys = valuesOf(rules, 'LabelMatchStatement').map((body) => textIn(body, 'Key') ?? '')
  return summaries(keys.map((key) => (key.startsWith('awswaf:') ? key : namespace + key)))
}

function summaries(names: readonly string[]): readonly LabelSummary[] {
  return [...new Set(names)].sort().map((Name) => ({ Name }))
}
