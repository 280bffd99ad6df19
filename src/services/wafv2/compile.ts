import assert from 'node:assert/strict'
import { type CompiledWebACL, compileWebACL, type Counter } from '#engines/waf/index.ts'
import type { Wafv2Call } from './declare.ts'
import { type RuleGroupDocument, type WebACLDocument, webACLs } from './documents.ts'
import { faults, refused } from './faults.ts'
import { quotas } from './quotas.ts'
import { webACLView } from './web-acl-view.ts'
import { groupSource, labelNamespace, storedWorld } from './world.ts'

/** Nothing is inspected where an owner is only saved. */
const neverAsked = (): never => assert.fail('a web ACL that is being saved counts no requests')
const noTraffic: Counter = { count: neverAsked, counted: neverAsked }

/** Compiles a web ACL as this call sees what it refers to. Faults: what the engine refuses. */
export function compileACL(call: Wafv2Call, acl: WebACLDocument): CompiledWebACL {
  const compiled = compileWebACL(webACLView(acl), storedWorld(call.tx, call.partition, acl.place), noTraffic)
  if (!compiled.ok) throw refused(compiled.refusal)
  return compiled.value
}

/**
 * Lets a rule group through that fits its capacity and compiles: as the only rule of a web ACL, which is how it meets traffic.
 * Faults: what the engine refuses; WAFLimitsExceededException for too many rate-based rules.
 */
export function checkGroup(call: Wafv2Call, group: RuleGroupDocument): void {
  const stored = storedWorld(call.tx, call.partition, group.place)
  const source = groupSource(group)
  const only = {
    Name: 'only',
    Priority: 0,
    Statement: { RuleGroupReferenceStatement: { ARN: group.arn } },
    OverrideAction: { None: {} },
    VisibilityConfig: group.visibility,
  }
  const acl = {
    Name: group.name,
    ARN: group.arn,
    DefaultAction: { Allow: {} },
    VisibilityConfig: group.visibility,
    LabelNamespace: labelNamespace(group),
    Rules: [only],
  }
  const compiled = compileWebACL(acl, { ...stored, ruleGroup: () => source }, noTraffic)
  if (!compiled.ok) throw refused(compiled.refusal)
  if (compiled.value.rateRules.length > quotas.rateRulesPerGroup) throw faults.limit('RATE_BASED_RULE')
}

/**
 * Lets a stored change of a rule group through if every web ACL that refers to it, of any account, still compiles: one that overrides
 * a rule's action needs the rule.
 * Faults: WAFInvalidParameterException.
 */
export function checkUsers(call: Wafv2Call, group: RuleGroupDocument): void {
  for (const { document } of call.tx.findAnywhere(webACLs, 'references', group.arn)) {
    const world = storedWorld(call.tx, call.partition, document.place)
    if (!compileWebACL(webACLView(document), world, noTraffic).ok)
      throw faults.invalid(
        'RULE_GROUP',
        group.name,
        'A web ACL that refers to the rule group needs a rule that is missing.',
      )
  }
}
