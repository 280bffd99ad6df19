import { type Action, type CustomBodies, type Header, readAction } from './action.ts'
import { guarded, type Matches } from './guards.ts'
import type { Inspection } from './inspection.ts'
import { readGroup } from './price.ts'
import { RuleProgram } from './rule-program.ts'
import { invalid } from './refusal.ts'
import { type GroupRule, immunityDefaultSec, isGroupRule, type PlainRule, type Rule } from './rule.ts'
import type { Build } from './statements/index.ts'
import type { ActionName, Decision, MatchedRule, NonTerminating } from './verdict.ts'

/** What a rule made of a request: nothing, notes, or the end of the inspection. */
export interface Step {
  readonly notes: readonly NonTerminating[]
  readonly insert: readonly Header[]
  readonly end?: { readonly action: Decision; readonly rule: MatchedRule; readonly insert: readonly Header[] }
}

/** A rule, ready to be asked about requests. */
export interface CompiledRule {
  readonly ask: (inspection: Inspection) => Step
  readonly guards: Matches['guards']
}

/** What holds for all rules of a web ACL. */
export interface Surroundings {
  readonly build: Omit<Build, 'rule'>
  readonly immunitySec: { readonly CAPTCHA: number | undefined; readonly CHALLENGE: number | undefined }
}

const silent: Step = { notes: [], insert: [] }

export function compileRule(rule: Rule, around: Surroundings, bodies: CustomBodies): CompiledRule {
  if (isGroupRule(rule)) return compileGroup(rule, around, bodies)
  const asked = askedRule(rule, around, rule.name, undefined)
  const matched: MatchedRule = { rule: rule.name, visibility: rule.visibility }
  return {
    ask: (inspection) => (asked.matches(inspection) ? carriedOut(asked, inspection, matched) : silent),
    guards: asked.matches.guards,
  }
}

/** A rule with its statement compiled, as it stands in a web ACL or, changed by it, in one of its groups. */
interface AskedRule {
  readonly rule: PlainRule
  readonly action: Action
  readonly instead: Change | undefined
  readonly immunitySec: number
  readonly matches: Matches
}

/** A web ACL's word on what a rule of a group does. */
interface Change {
  readonly action: Action
  readonly excluded: boolean
}

function askedRule(
  rule: PlainRule,
  around: Surroundings,
  path: string,
  instead: Change | undefined,
): AskedRule {
  const { build, immunitySec } = around
  const holds = rule.statement.compile({ ...build, rule: path })
  const labels = rule.labels.map((label) => build.labelNamespace + label)
  const action = instead?.action ?? rule.action
  const check = action.type === 'CAPTCHA' ? 'CAPTCHA' : 'CHALLENGE'
  return {
    rule,
    action,
    instead,
    immunitySec: rule.immunitySec[check] ?? immunitySec[check] ?? immunityDefaultSec,
    matches: labelling(holds, labels),
  }
}

/** Whether the rule matches; its labels, and those of its statements, are there for the rules after it. */
function labelling(holds: Matches, labels: readonly string[]): Matches {
  const matches: Matches = (inspection) => {
    // A rule that does not apply to the request does not match it.
    const matched = holds(inspection) === true
    if (inspection.newLabels.length > 0) {
      for (const label of inspection.newLabels) inspection.labels.add(label)
      inspection.newLabels.length = 0
    }
    if (matched) for (const label of labels) inspection.labels.add(label)
    return matched
  }
  return holds.guards === undefined ? matches : guarded(matches, holds.guards)
}

/** What a rule that matched does. */
function carriedOut(asked: AskedRule, inspection: Inspection, matched: MatchedRule): Step {
  const { action, instead } = asked
  switch (action.type) {
    case 'COUNT':
      return noted(matched, instead?.excluded === true ? 'EXCLUDED_AS_COUNT' : 'COUNT', action.insert)
    case 'ALLOW':
      return { ...silent, end: { action: { type: 'ALLOW' }, rule: matched, insert: action.insert } }
    case 'BLOCK':
      return {
        ...silent,
        end: { action: { type: 'BLOCK', response: action.response }, rule: matched, insert: [] },
      }
    case 'CAPTCHA':
    case 'CHALLENGE': {
      const { type, insert } = action
      const failure = inspection.request.token?.(type, asked.immunitySec) ?? 'TOKEN_MISSING'
      if (failure === 'valid') return noted(matched, type, insert)
      return {
        ...silent,
        end: { action: { type, immunitySec: asked.immunitySec, failure }, rule: matched, insert: [] },
      }
    }
  }
}

function noted(matched: MatchedRule, action: NonTerminating['action'], insert: readonly Header[]): Step {
  return { notes: [{ ...matched, action }], insert }
}

function compileGroup(rule: GroupRule, around: Surroundings, bodies: CustomBodies): CompiledRule {
  const { statement } = rule
  const { build } = around
  const group = statement.resolve(build.world)
  const within = { ...around, build: { ...build, labelNamespace: group.LabelNamespace } }
  const changes = changesOf(rule, bodies)
  const asked = readGroup(group, build.world).map((inner) =>
    askedRule(inner, within, `${rule.name}/${inner.name}`, changes.get(inner.name)),
  )
  for (const name of changes.keys())
    if (!asked.some((inner) => inner.rule.name === name))
      throw invalid('RULE_ACTION', name, `${group.Name} has no such rule`)
  const scope = statement.scopeDown?.compile({ ...build, rule: rule.name })
  const applies = scope === undefined ? (): boolean => true : labelling(scope, [])
  const program = new RuleProgram(asked.map(({ matches }) => matches))

  const ask = (inspection: Inspection): Step => {
    if (applies(inspection) !== true) return silent
    const notes: NonTerminating[] = []
    const insert: Header[] = []
    let end: Step['end']
    program.run(inspection, (number) => {
      const inner = asked[number]
      if (inner?.matches(inspection) !== true) return false
      const step = carriedOut(inner, inspection, matchedWithin(rule, group.Name, inner))
      notes.push(...step.notes)
      insert.push(...step.insert)
      end = step.end
      return end !== undefined
    })
    if (end !== undefined && !rule.counts) return { notes, insert, end }
    // The group ends here; the web ACL, for which all that the group says only counts, goes on.
    if (end !== undefined) notes.push({ ...end.rule, action: 'COUNT' })
    return notes.length === 0 ? silent : { notes, insert }
  }
  return { ask, guards: undefined }
}

/** The actions that rules of the group get instead of their own. */
function changesOf({ statement }: GroupRule, bodies: CustomBodies): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>()
  for (const Name of statement.excluded)
    changes.set(Name, { action: { type: 'COUNT', insert: [] }, excluded: true })
  for (const { Name, ActionToUse } of statement.overrides) {
    if (changes.has(Name)) throw invalid('RULE_ACTION', Name, 'is overridden twice')
    changes.set(Name, {
      action: readAction(ActionToUse, 'RULE_ACTION', 'ActionToUse', bodies),
      excluded: false,
    })
  }
  return changes
}

function matchedWithin(rule: GroupRule, group: string, inner: AskedRule): MatchedRule {
  const overridden: { readonly overridden?: ActionName } =
    inner.instead === undefined ? {} : { overridden: inner.rule.action.type }
  return {
    rule: rule.name,
    visibility: rule.visibility,
    withinGroup: { group, rule: inner.rule.name, visibility: inner.rule.visibility, ...overridden },
  }
}
