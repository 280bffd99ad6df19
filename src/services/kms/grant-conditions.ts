import type { Access } from '#core/operation.ts'
import type { CreateGrantRequest, GrantConstraints } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import { comparedPrincipal } from './grant-principals.ts'
import { contextsOf } from './grant-terms.ts'
import { contextConditions } from './key-access.ts'

/** The condition keys that tell of a grant's constraints. */
export function constraintConditions(constraints: GrantConstraints = {}): NonNullable<Access['conditions']> {
  const types = Object.entries(constraints).flatMap(([type, value]) => (value === undefined ? [] : [type]))
  return {
    ...contextConditions(...contextsOf(constraints)),
    ...(types.length > 0 && { 'kms:GrantConstraintType': types }),
  }
}

/** Whether a service asks for its own resource. Source: KMS Developer Guide, "AWS KMS condition keys", kms:GrantIsForAWSResource. */
export function forAwsResource({ calledVia }: KmsCall): NonNullable<Access['conditions']> {
  return { 'kms:GrantIsForAWSResource': String(calledVia.length > 0) }
}

/** The condition keys that tell of the grant that CreateGrant is to make. */
export function grantConditions(call: KmsCall, input: CreateGrantRequest): NonNullable<Access['conditions']> {
  const { GranteePrincipal: grantee, RetiringPrincipal: retiring } = input
  return {
    ...constraintConditions(input.Constraints),
    ...forAwsResource(call),
    'kms:GrantConstraintSourceArn': input.Constraints?.SourceArn,
    'kms:GrantOperations': input.Operations,
    'kms:GranteePrincipal': grantee && comparedPrincipal(call, grantee),
    'kms:GranteeServicePrincipal': input.GranteeServicePrincipal,
    'kms:RetiringPrincipal': retiring && comparedPrincipal(call, retiring),
    'kms:RetiringServicePrincipal': input.RetiringServicePrincipal,
  }
}
