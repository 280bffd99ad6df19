import type { AccountId } from '#core/arn.ts'
import type { Caller } from '#core/caller.ts'
import type { Grant } from '#core/resource.ts'
import type { GrantConstraints } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import { type GrantDocument, grants, type KeyDocument } from './documents.ts'

/** An encryption context, or none. */
export type EncryptionContext = Readonly<Record<string, string>> | undefined

/**
 * The grants on a key that let the caller do an operation, in the authorizer's form. What a grant constrains is compared here, to
 * the letter; a policy's conditions could not tell keys of an encryption context apart that differ in case.
 */
export function grantsFor(
  call: KmsCall,
  key: KeyDocument,
  operation: string,
  context: EncryptionContext,
): readonly Grant[] {
  const { account, region, keyId } = key
  const found = granteeNames(call.caller, call.partition).flatMap((name) =>
    call.tx.find(grants, { account, region }, 'grantee', `${keyId} ${name}`),
  )
  return found
    .map(({ document }) => document)
    .filter(
      (grant) =>
        grant.operations.some((granted) => granted === operation) && allows(grant.constraints, context),
    )
    .map((grant) => granted(grant, grant.grantee, operation))
}

/** The allowance of one operation to a grant's grantee or retiring principal. */
export function granted(
  { issuingAccount }: GrantDocument,
  { type, name }: GrantDocument['grantee'],
  operation: string,
): Grant {
  const statement = {
    Effect: 'Allow',
    Principal: { [type]: name },
    Action: `kms:${operation}`,
    Resource: '*',
  }
  return { text: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), issuer: issuingAccount }
}

/**
 * Whether an operation's encryption context keeps to a grant's constraints.
 * Source: KMS API Reference, GrantConstraints. A source ARN belongs to calls of services for themselves: no other call meets it.
 */
function allows(constraints: GrantConstraints | undefined, context: EncryptionContext = {}): boolean {
  if (!constraints) return true
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn } = constraints
  if (SourceArn !== undefined) return false
  if (equals && !(isWithin(equals, context) && isWithin(context, equals))) return false
  return !subset || isWithin(subset, context)
}

/** Whether every pair of the one is a pair of the other. */
export function isWithin(
  part: Readonly<Record<string, string>>,
  whole: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(part).every(([key, value]) => Object.hasOwn(whole, key) && whole[key] === value)
}

/** The names by which grants know a caller: its own, that of the role or user it stands for, and its account's. */
function granteeNames(caller: Caller, partition: string): readonly string[] {
  switch (caller.kind) {
    case 'root':
      return [caller.arn]
    case 'user':
      return [caller.userId, caller.arn, rootArn(partition, caller.account)]
    case 'assumed-role':
      return [caller.roleId, caller.roleArn, caller.arn, rootArn(partition, caller.account)]
    case 'federated-user':
      return [caller.session.uniqueId, caller.arn, rootArn(partition, caller.account)]
    case 'service':
      return [caller.service]
    case 'anonymous':
      return []
  }
}

function rootArn(partition: string, account: AccountId): string {
  return `arn:${partition}:iam::${account}:root`
}
