import { type Action, type BlockResponse, type Header, readAction, readCustomBodies } from './action.ts'
import { compileRule, type CompiledRule, type Step } from './compiled-rule.ts'
import { Inputs } from './inputs.ts'
import { Inspection } from './inspection.ts'
import { capacityOf } from './price.ts'
import { type Counter, type RateRule, RateRules } from './rate-rules.ts'
import { anything, listOf, members, optional, text } from './read.ts'
import { invalid, type Outcome, outcome, overLimit } from './refusal.ts'
import type { WebRequest, World } from './request.ts'
import { RuleProgram } from './rule-program.ts'
import { isGroupRule, readRules, tokenConfig, type Visibility, visibilityConfig } from './rule.ts'
import { entityName } from './names.ts'
import type { Decision, NonTerminating, Verdict } from './verdict.ts'

/** Nothing of these may be set: what they ask for is not enforced. */
const empty = optional(listOf(anything, 0, 0))

const shape = members(
  {
    Name: entityName,
    ARN: text(1, 2048),
    DefaultAction: anything,
    VisibilityConfig: visibilityConfig,
    Rules: optional(anything),
    LabelNamespace: text(1, 1024, /^[0-9A-Za-z_\-:]+:$/),
    CustomResponseBodies: optional(anything),
    CaptchaConfig: optional(tokenConfig),
    ChallengeConfig: optional(tokenConfig),
    // For the host to act on.
    Id: optional(anything),
    Description: optional(anything),
    Capacity: optional(anything),
    AssociationConfig: optional(anything),
    TokenDomains: optional(anything),
    DataProtectionConfig: optional(anything),
    ApplicationConfig: optional(anything),
    OnSourceDDoSProtectionConfig: optional(anything),
    ManagedByFirewallManager: optional(anything),
    RetrofittedByFirewallManager: optional(anything),
    PreProcessFirewallManagerRuleGroups: empty,
    PostProcessFirewallManagerRuleGroups: empty,
  },
  'WEB_ACL',
)

/** A web ACL, ready for traffic. */
export interface CompiledWebACL {
  readonly name: string
  readonly visibility: Visibility
  /** The capacity units that it takes. */
  readonly capacity: number
  /** What its counter is asked under, for whoever wants to list the keys that are over a limit. */
  readonly rateRules: readonly RateRule[]
  /**
   * Inspects a request. It does not throw on any request; if it does, that is a bug, and the host must block the
   * request: `inspectOrBlock` does.
   */
  readonly inspect: (request: WebRequest, nowMs: number) => Verdict
}

/** Source: AWS WAF quotas. */
const rateRulesMax = 10
const referencesMax = 50

/** Reads, prices and compiles a web ACL as AWS writes it; or says what is wrong with it. Runs when it is saved. */
export function compileWebACL(acl: unknown, world: World, counter: Counter): Outcome<CompiledWebACL> {
  return outcome(() => {
    const given = shape(acl, 'WEB_ACL', 'WebACL')
    const bodies = readCustomBodies(given.CustomResponseBodies)
    const fallback = defaultDecision(
      readAction(given.DefaultAction, 'DEFAULT_ACTION', 'DefaultAction', bodies),
    )
    const rules = readRules(given.Rules, bodies)
    if (rules.filter(isGroupRule).length > referencesMax)
      throw overLimit('RULE_GROUP', `a web ACL may refer to ${referencesMax} rule groups`)
    const capacity = capacityOf(rules, world)

    const inputs = new Inputs()
    const rates = new RateRules(counter, given.ARN)
    const around = {
      build: { inputs, world, rates, labelNamespace: given.LabelNamespace },
      immunitySec: {
        CAPTCHA: given.CaptchaConfig?.ImmunityTimeProperty?.ImmunityTime,
        CHALLENGE: given.ChallengeConfig?.ImmunityTimeProperty?.ImmunityTime,
      },
    }
    const compiled = rules.map((rule) => compileRule(rule, around, bodies))
    // Of its own rules: a group brings as many as it may have itself.
    if (rates.rules.filter(({ rule }) => !rule.includes('/')).length > rateRulesMax)
      throw overLimit('RATE_BASED_RULE', `a web ACL may have ${rateRulesMax} rate-based rules`)
    const program = new RuleProgram(compiled)
    inputs.seal()
    return {
      name: given.Name,
      visibility: given.VisibilityConfig,
      capacity,
      rateRules: rates.rules,
      inspect: (request, nowMs) => inspect(compiled, program, fallback, new Inspection(request, nowMs)),
    }
  })
}

interface Default {
  readonly action: Decision
  readonly insert: readonly Header[]
}

function defaultDecision(action: Action): Default {
  if (action.type === 'ALLOW') return { action: { type: 'ALLOW' }, insert: action.insert }
  if (action.type === 'BLOCK') return { action, insert: [] }
  throw invalid('DEFAULT_ACTION', action.type, 'must be Allow or Block')
}

function inspect(
  rules: readonly CompiledRule[],
  program: RuleProgram,
  fallback: Default,
  inspection: Inspection,
): Verdict {
  const insert: Header[] = []
  const notes: NonTerminating[] = []
  let end: Step['end']
  program.run(inspection, (number) => {
    const step = rules[number]?.ask(inspection)
    if (step === undefined) return false
    for (const note of step.notes) notes.push(note)
    for (const header of step.insert) insert.push(header)
    end = step.end
    return end !== undefined
  })
  const { action } = end ?? fallback
  return {
    action,
    terminatingRule: end?.rule,
    labels: [...inspection.labels],
    // Only a request that goes on has anything inserted.
    insertedHeaders: action.type === 'ALLOW' ? [...insert, ...(end ?? fallback).insert] : [],
    nonTerminating: notes,
    oversize: [...inspection.oversize],
  }
}

const failure: BlockResponse = { statusCode: 500, headers: [] }

/**
 * Inspects, and blocks with status 500 where inspecting fails: that is a bug, handed to `report`, and a web ACL that
 * has one must not let anybody through.
 */
export function inspectOrBlock(
  acl: CompiledWebACL,
  request: WebRequest,
  nowMs: number,
  report: (bug: unknown) => void,
): Verdict {
  try {
    return acl.inspect(request, nowMs)
  } catch (bug) {
    report(bug)
    return {
      action: { type: 'BLOCK', response: failure },
      terminatingRule: undefined,
      labels: [],
      insertedHeaders: [],
      nonTerminating: [],
      oversize: [],
    }
  }
}
