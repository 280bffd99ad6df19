import { accountId, arn as arnOf, parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { PolicyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findFunction, type FoundFunction } from './find.ts'
import { idOf, namesLatest } from './names.ts'
import { policyText } from './policy.ts'
import type { Operations } from '#models/lambda.d.ts'

type Input = Operations['AddPermission']['input']
type Statement = PolicyDocument['statements'][number]

/** Source: Lambda Developer Guide, "Lambda quotas": a function's resource-based policy, 20 KB. */
const policyBytesMax = 20_480

/**
 * Lets somebody use a function, a version or an alias: a service, an account, a principal.
 *
 * Faults: ResourceConflictException for a statement that is there; PolicyLengthExceededException; PreconditionFailedException.
 * Source: Lambda API Reference, AddPermission.
 */
export const AddPermission = lambda('AddPermission', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target, { Principal, FunctionUrlAuthType }) => [
    {
      action: 'lambda:AddPermission',
      resource: target,
      conditions: {
        'lambda:Principal': Principal,
        ...(FunctionUrlAuthType && { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
      },
    },
  ],
  run({ target, input, call }) {
    if (namesLatest(input.FunctionName, input.Qualifier))
      throw faults.invalid('We currently do not support adding policies for $LATEST.')
    const { policy, id } = policyOf(call, target)
    assertRevision(policy, input.RevisionId)
    if (policy?.statements.some(({ Sid }) => Sid === input.StatementId))
      throw faults.conflict(
        `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      )
    const statement = statementOf(call, target, input)
    const next: PolicyDocument = {
      functionName: target.document.name,
      statements: [...(policy?.statements ?? []), statement],
      revisionId: uuid(call.randomBytes),
    }
    const text = policyText(next)
    const bytes = Buffer.byteLength(text)
    if (bytes > policyBytesMax) throw faults.policyTooLong(bytes)
    // Of what the request gives, the principal alone can be none of the policy language.
    if (!('policy' in parsePolicy(text, 'resource'))) throw invalidPrincipal()
    call.policies.in(target.account).put(id, next)
    return { Statement: JSON.stringify(statement) }
  },
})

export const RemovePermission = lambda('RemovePermission', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:RemovePermission', resource: target }],
  run({ target, input, call }) {
    const { policy, id } = policyOf(call, target)
    assertRevision(policy, input.RevisionId)
    const statements = policy?.statements.filter(({ Sid }) => Sid !== input.StatementId) ?? []
    if (!policy || statements.length === policy.statements.length)
      throw faults.notFound(`Statement ${input.StatementId} is not found in resource policy.`)
    const table = call.policies.in(target.account)
    if (statements.length === 0) table.delete(id)
    else table.put(id, { ...policy, statements, revisionId: uuid(call.randomBytes) })
    return {}
  },
})

export const GetPolicy = lambda('GetPolicy', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:GetPolicy', resource: target }],
  run({ target, call }) {
    const { policy } = policyOf(call, target)
    if (!policy) throw faults.noPolicy()
    return { Policy: policyText(policy), RevisionId: policy.revisionId }
  },
})

function policyOf(call: LambdaCall, { account, document, qualifier }: FoundFunction) {
  const id = idOf(document.name, qualifier)
  return { id, policy: call.policies.in(account).get(id) }
}

function assertRevision(policy: PolicyDocument | undefined, RevisionId: string | undefined): void {
  if (RevisionId !== undefined && RevisionId !== policy?.revisionId) throw faults.revision()
}

function statementOf(call: LambdaCall, { arn }: FoundFunction, input: Input): Statement {
  const { StatementId, Action, Principal, SourceArn, SourceAccount, PrincipalOrgID } = input
  if (input.EventSourceToken !== undefined)
    throw faults.invalid('EventSourceToken is not supported by this deployment')
  if (input.InvokedViaFunctionUrl !== undefined && Action !== 'lambda:InvokeFunction')
    throw faults.invalid('InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action')
  if (PrincipalOrgID !== undefined) throw faults.invalid('PrincipalOrgID: there is no organization')
  if (input.FunctionUrlAuthType !== undefined && Action !== 'lambda:InvokeFunctionUrl')
    throw faults.invalid('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action')
  const equals = {
    ...(SourceAccount !== undefined && { 'AWS:SourceAccount': SourceAccount }),
    ...(input.FunctionUrlAuthType && { 'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType }),
  }
  const Condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(input.InvokedViaFunctionUrl === true && { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }),
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  }
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: principalOf(call, Principal),
    Action,
    Resource: arn,
    ...(Object.keys(Condition).length > 0 && { Condition }),
  }
}

function principalOf({ partition }: LambdaCall, principal: string): unknown {
  if (principal === '*') return '*'
  const account = accountId(principal)
  if (account) return { AWS: arnOf({ partition, service: 'iam', region: '', account, resource: 'root' }) }
  if (parseArn(principal)) return { AWS: principal }
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return { Service: principal }
  throw invalidPrincipal()
}

function invalidPrincipal() {
  return faults.invalid('The provided principal was invalid. Please check the principal and try again.')
}
