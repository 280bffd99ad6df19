import type { Access } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import type { Wafv2Call } from './declare.ts'
import type { Entity } from './documents.ts'
import { kindOf, ruleGroup } from './entities.ts'
import { faults } from './faults.ts'
import { sharedGroup } from './group-policy.ts'
import { entityArn, type EntityName, type Kind, parseEntityArn } from './places.ts'
import { quotas } from './quotas.ts'
import { textIn, valuesOf } from './statements-in.ts'

/** The statements that refer to something, and what they refer to. */
const referring = {
  IPSetReferenceStatement: 'ipset',
  RegexPatternSetReferenceStatement: 'regexpatternset',
  RuleGroupReferenceStatement: 'rulegroup',
} as const satisfies Record<string, Kind>

/** What rules refer to, each thing once. ARNs that can name none of the kind are left out: the engine refuses them. */
export function referencesIn(call: Wafv2Call, rules: unknown): readonly EntityName[] {
  const found = new Map<string, EntityName>()
  for (const [statement, kind] of Object.entries(referring)) {
    for (const body of valuesOf(rules, statement)) {
      const ARN = textIn(body, 'ARN') ?? ''
      const named = parseEntityArn(call, ARN)
      if (named?.kind === kind) found.set(ARN, named)
    }
  }
  return [...found.values()]
}

/** The same as ARNs, which the store indexes. Faults: WAFLimitsExceededException for more than an owner may have. */
export function storedReferences(call: Wafv2Call, rules: unknown): readonly string[] {
  const references = referencesIn(call, rules)
  if (references.length > quotas.references) throw faults.limit('REFERENCES')
  return references.map((named) => entityArn(call, named))
}

/**
 * What saving rules needs beside leave for their owner: the same action on everything that they refer to.
 * Source: Service Authorization Reference, AWS WAF V2: the resource types of CreateWebACL, UpdateWebACL, CreateRuleGroup and
 * UpdateRuleGroup.
 */
export function referenceAccess(
  call: Wafv2Call,
  owner: Pick<Access, 'action' | 'requestTags'>,
  rules: unknown,
): readonly Access[] {
  return referencesIn(call, rules).map((named) => ({ ...owner, resource: referenced(call, named) }))
}

function referenced(call: Wafv2Call, named: EntityName): Resource {
  const { kind, place, id } = named
  if (kind === 'rulegroup') {
    const group = call.tx.get(ruleGroup.collection, place, id)
    if (group?.name === named.name) return sharedGroup(group)
  }
  const entity: Entity | undefined = call.tx.get(kindOf(kind).collection, place, id)
  return entity?.name === named.name ? entity : { arn: entityArn(call, named) }
}
