import type { Arn } from '#core/arn.ts'
import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import type { PutPermissionRequest } from '#models/events.d.ts'
import type { EventsCall } from './declare.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

interface PolicyText {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: readonly { readonly Sid?: string }[]
}

/**
 * A bus policy as it is kept: with users and roles by their unique ids.
 * Faults: ValidationException for what is no policy; PolicyLengthExceededException.
 */
export function storedPolicy(call: EventsCall, text: string): string {
  if (Buffer.byteLength(text) > quotas.busPolicyBytes) throw faults.policyTooLong(quotas.busPolicyBytes)
  const read = parsePolicy(text, 'resource')
  if ('problems' in read) throw faults.invalid('Policy', read.problems[0].message)
  const { principals } = call.parts
  return withPrincipals(text, {
    AWS: (name) => principals.stored(call.tx, call.partition, name) ?? refuse(name),
  })
}

/** A kept policy as answers show it: users and roles by their ARNs for as long as they exist. */
export function shownPolicy(call: EventsCall, stored: string): string {
  return withPrincipals(stored, { AWS: (name) => shownPrincipal(call.parts.principals, call.tx, name) })
}

/** The policy with one more statement, in the place of one that has its Sid. */
export function withStatement(
  call: EventsCall,
  { busArn, policy, input }: { busArn: Arn; policy: string | undefined; input: PutPermissionRequest },
): string {
  const { Statement, ...rest } = readPolicy(policy)
  const others = Statement.filter(({ Sid }) => Sid !== input.StatementId)
  return JSON.stringify({ ...rest, Statement: [...others, statementOf(call, busArn, input)] })
}

/** The policy without a statement: undefined where none is left. Ask `hasStatement` first. */
export function withoutStatement(policy: string | undefined, sid: string): string | undefined {
  const { Statement, ...rest } = readPolicy(policy)
  const left = Statement.filter(({ Sid }) => Sid !== sid)
  return left.length === 0 ? undefined : JSON.stringify({ ...rest, Statement: left })
}

/** A policy keeps its version: in one of 2008, or of none, variables are texts. */
function readPolicy(policy: string | undefined): PolicyText {
  if (policy === undefined) return { Version: '2012-10-17', Statement: [] }
  const { Statement, ...rest } = JSON.parse(policy) as PolicyText // The engine has read it.
  return { ...rest, Statement: [Statement].flat() }
}

export function hasStatement(policy: string | undefined, sid: string): boolean {
  return readPolicy(policy).Statement.some(({ Sid }) => Sid === sid)
}

/** Source: EventBridge API Reference, PutPermission: Action, Principal, StatementId, Condition. */
function statementOf({ partition }: EventsCall, busArn: Arn, input: PutPermissionRequest): object {
  const { Action, Principal, StatementId: Sid, Condition } = input
  if (Action === undefined || Principal === undefined || Sid === undefined)
    throw faults.validation('Parameters Action, Principal and StatementId, or Policy, must be specified.')
  if (Action !== 'events:PutEvents')
    throw faults.invalid('Action', 'Only events:PutEvents can be permitted so.')
  if (Condition && (Condition.Type !== 'StringEquals' || Condition.Key !== 'aws:PrincipalOrgID'))
    throw faults.invalid('Condition', 'Only StringEquals of aws:PrincipalOrgID can be asked for so.')
  return {
    Sid,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:${partition}:iam::${Principal}:root` },
    Action,
    Resource: busArn,
    ...(Condition && { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  }
}

function refuse(name: string): never {
  throw faults.invalid('Policy', `The principal ${name} does not exist.`)
}
