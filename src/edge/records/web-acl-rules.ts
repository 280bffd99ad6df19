import type { GuardedWebACL } from '#core/front-door.ts'
import type { Visibility } from '#engines/waf/index.ts'

/** What records say of a rule by the statement at its top. */
export type RuleType = 'REGULAR' | 'RATE_BASED' | 'GROUP' | 'MANAGED_RULE_GROUP'

/** A rule of a web ACL, as far as records need it. */
export interface RuleFacts {
  readonly type: RuleType
  /** Of a rule that refers to a group: its ARN, or `AWS#AWSManagedRulesSQLiRuleSet`. */
  readonly groupId?: string | undefined
  /** Of a managed group. */
  readonly groupName?: string | undefined
  /** Of a rate-based rule. */
  readonly rate?: { readonly limit: number; readonly key: string } | undefined
}

/** A web ACL's rules by name, and what its default action is counted under. */
export interface WebACLFacts {
  readonly rules: ReadonlyMap<string, RuleFacts>
  readonly visibility: Visibility | undefined
}

/** Reads what records need of a web ACL; what the engine compiles has this form. */
function factsOf({ acl }: GuardedWebACL): WebACLFacts {
  const { Rules = [], VisibilityConfig } = acl as Written // The service's own view of it.
  return {
    rules: new Map(Rules.map((rule) => [rule.Name, ruleFacts(rule)])),
    visibility: VisibilityConfig,
  }
}

interface Written {
  readonly Rules?: readonly WrittenRule[]
  readonly VisibilityConfig?: Visibility
}

interface WrittenRule {
  readonly Name: string
  readonly Statement?: {
    readonly RateBasedStatement?: { readonly Limit: number; readonly AggregateKeyType: string }
    readonly RuleGroupReferenceStatement?: { readonly ARN: string }
    readonly ManagedRuleGroupStatement?: { readonly VendorName: string; readonly Name: string }
  }
}

function ruleFacts({ Statement = {} }: WrittenRule): RuleFacts {
  const {
    RateBasedStatement: rate,
    RuleGroupReferenceStatement: group,
    ManagedRuleGroupStatement: managed,
  } = Statement
  if (rate) return { type: 'RATE_BASED', rate: { limit: rate.Limit, key: rate.AggregateKeyType } }
  if (group) return { type: 'GROUP', groupId: group.ARN }
  if (managed)
    return {
      type: 'MANAGED_RULE_GROUP',
      groupId: `${managed.VendorName}#${managed.Name}`,
      groupName: managed.Name,
    }
  return { type: 'REGULAR' }
}

/** The web ACLs' facts, read once for each as it stands. */
export class KnownWebACLs {
  readonly #known = new WeakMap<GuardedWebACL, WebACLFacts>()

  of(webACL: GuardedWebACL): WebACLFacts {
    const known = this.#known.get(webACL)
    if (known) return known
    const facts = factsOf(webACL)
    this.#known.set(webACL, facts)
    return facts
  }
}
