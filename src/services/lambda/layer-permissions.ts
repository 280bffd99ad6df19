import { accountId, arn as arnOf } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { LayerPolicyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findLayerVersion, type FoundLayer, layerId } from './layers.ts'
import { policyText } from './policy.ts'

/** Source: Lambda Developer Guide, "Lambda quotas": as a function's policy, 20 KB. */
const policyBytesMax = 20_480

/**
 * Lets another account, or everybody, use a version of a layer.
 *
 * Faults: ResourceConflictException; PolicyLengthExceededException; PreconditionFailedException.
 * Source: Lambda API Reference, AddLayerVersionPermission. Differs: there is no organization.
 */
export const AddLayerVersionPermission = lambda('AddLayerVersionPermission', {
  target: ({ LayerName, VersionNumber }, call) => findLayerVersion(call, LayerName, VersionNumber),
  access: (target) => [{ action: 'lambda:AddLayerVersionPermission', resource: target }],
  run({ target: { layer }, input, call }) {
    const policy = policyOf(call, layer)
    assertRevision(policy, input.RevisionId)
    if (input.OrganizationId !== undefined) throw faults.invalid('OrganizationId: there is no organization')
    if (policy?.statements.some(({ Sid }) => Sid === input.StatementId))
      throw faults.conflict(
        `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      )
    const statement = {
      Sid: input.StatementId,
      Effect: 'Allow',
      Principal: principalOf(call, input.Principal),
      Action: input.Action,
      Resource: layer.arn,
    }
    const next: LayerPolicyDocument = {
      statements: [...(policy?.statements ?? []), statement],
      revisionId: uuid(call.randomBytes),
    }
    const bytes = Buffer.byteLength(policyText(next))
    if (bytes > policyBytesMax) throw faults.policyTooLong(bytes)
    call.layerPolicies.in(layer.account).put(layerId(layer), next)
    return { Statement: JSON.stringify(statement), RevisionId: next.revisionId }
  },
})

export const GetLayerVersionPolicy = lambda('GetLayerVersionPolicy', {
  target: ({ LayerName, VersionNumber }, call) => findLayerVersion(call, LayerName, VersionNumber),
  access: (target) => [{ action: 'lambda:GetLayerVersionPolicy', resource: target }],
  run({ target: { layer }, call }) {
    const policy = policyOf(call, layer)
    if (!policy) throw faults.notFound('No policy is associated with the given resource.')
    return { Policy: policyText(policy), RevisionId: policy.revisionId }
  },
})

/** Functions that have the layer keep it. */
export const RemoveLayerVersionPermission = lambda('RemoveLayerVersionPermission', {
  target: ({ LayerName, VersionNumber }, call) => findLayerVersion(call, LayerName, VersionNumber),
  access: (target) => [{ action: 'lambda:RemoveLayerVersionPermission', resource: target }],
  run({ target: { layer }, input, call }) {
    const policy = policyOf(call, layer)
    assertRevision(policy, input.RevisionId)
    const statements = policy?.statements.filter(({ Sid }) => Sid !== input.StatementId) ?? []
    if (!policy || statements.length === policy.statements.length)
      throw faults.notFound(`Statement ${input.StatementId} is not found in resource policy.`)
    const table = call.layerPolicies.in(layer.account)
    if (statements.length === 0) table.delete(layerId(layer))
    else table.put(layerId(layer), { statements, revisionId: uuid(call.randomBytes) })
    return {}
  },
})

function policyOf(call: LambdaCall, layer: FoundLayer['layer']): LayerPolicyDocument | undefined {
  return call.layerPolicies.in(layer.account).get(layerId(layer))
}

function assertRevision(policy: LayerPolicyDocument | undefined, RevisionId: string | undefined): void {
  if (RevisionId !== undefined && RevisionId !== policy?.revisionId) throw faults.revision()
}

function principalOf({ partition }: LambdaCall, principal: string): unknown {
  if (principal === '*') return '*'
  const account = accountId(principal)
  return {
    AWS: account ? arnOf({ partition, service: 'iam', region: '', account, resource: 'root' }) : principal,
  }
}
