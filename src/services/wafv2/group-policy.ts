import type { Arn } from '#core/arn.ts'
import type { Resource } from '#core/resource.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import type { RuleGroupDocument } from './documents.ts'
import { faults } from './faults.ts'

/** A rule group with its permission policy, which lets other accounts use it. */
export function sharedGroup({ arn, tags, permissionPolicy }: RuleGroupDocument): Resource {
  if (permissionPolicy === undefined) return { arn, tags }
  return { arn, tags, resourcePolicy: { kind: 'resource', text: permissionPolicy, required: false } }
}

/** Source: AWS WAFV2 API, PutPermissionPolicy, Policy: these three, and the last if wanted; no others and no wildcards. */
const required = ['wafv2:createwebacl', 'wafv2:updatewebacl', 'wafv2:putfirewallmanagerrulegroups']
const allowed = new Set([...required, 'wafv2:getrulegroup'])

/** As it may stand in a policy that AWS takes. */
interface Statement {
  readonly [element: string]: unknown
}

/**
 * A permission policy as the policy engine reads it: on the group, which users leave unsaid.
 * Faults: WAFInvalidPermissionPolicyException.
 * Source: AWS WAFV2 API, PutPermissionPolicy, Policy.
 * Differs: version 2015-01-01, which AWS takes too, is none of the policy language here.
 */
export function forGroup(text: string, group: Arn): string {
  const policy = objectOf(text)
  const statements = [policy['Statement']].flat().map(asStatement)
  for (const statement of statements) checkStatement(statement)
  const whole = JSON.stringify({
    ...policy,
    Statement: statements.map((statement) => ({ ...statement, Resource: group })),
  })
  const read = parsePolicy(whole, 'resource')
  if ('problems' in read) throw faults.invalidPolicy(read.problems[0].message)
  return whole
}

/** The same as it was put, without the group. */
export function withoutResource(stored: string): string {
  const policy = objectOf(stored)
  const Statement = [policy['Statement']]
    .flat()
    .map((statement) => ({ ...asStatement(statement), Resource: undefined }))
  return JSON.stringify({ ...policy, Statement })
}

function checkStatement(statement: Statement): void {
  const { Effect, Action } = statement
  if (Effect !== 'Allow') throw faults.invalidPolicy('Effect must be Allow.')
  if ('Resource' in statement || 'NotResource' in statement)
    throw faults.invalidPolicy('The policy must not name a resource.')
  if (!('Principal' in statement)) throw faults.invalidPolicy('Principal must be there.')
  const actions = [Action].flat().map((action) => String(action).toLowerCase())
  if (
    !actions.every((action) => allowed.has(action)) ||
    !required.every((action) => actions.includes(action))
  )
    throw faults.invalidPolicy(
      'Action must be wafv2:CreateWebACL, wafv2:UpdateWebACL and wafv2:PutFirewallManagerRuleGroups, with wafv2:GetRuleGroup if wanted.',
    )
}

function objectOf(text: string): Statement {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw faults.invalidPolicy('The policy is no JSON.')
    throw error
  }
  return asStatement(read)
}

function asStatement(value: unknown): Statement {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw faults.invalidPolicy('The policy and its statements must be objects.')
  return { ...value }
}
