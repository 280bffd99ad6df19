import { type AccountId, type Arn, arn } from '#core/arn.ts'
import { Bounded } from '#core/bounded.ts'
import type { Caller } from '#core/caller.ts'
import type { Grant } from '#core/resource.ts'
import type { GrantConstraints, GrantOperation } from '#models/kms.d.ts'
import type { KmsCall } from './declare.ts'
import { type GrantPrincipal, grants, type GrantTerms, type KeyDocument } from './documents.ts'

/** An encryption context, or none. */
export type EncryptionContext = Readonly<Record<string, string>> | undefined

/** What an operation asks of a grant, beside its name. */
export interface Asked {
  readonly context?: EncryptionContext
  /** The grant that CreateGrant is to make. */
  readonly child?: GrantTerms
}

/** Operations that take an encryption context. Source: KMS API Reference, those that have the parameter. */
const contextual: ReadonlySet<string> = new Set<GrantOperation>([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
])

/** Whether an operation takes an encryption context, which a grant can constrain. */
export function takesContext(operation: string): boolean {
  return contextual.has(operation)
}

/**
 * The grants on a key that let the caller do an operation, in the authorizer's form. What a grant constrains is compared here, to
 * the letter; a policy's conditions could not tell keys of an encryption context apart that differ in case.
 */
export function grantsFor(
  call: KmsCall,
  key: KeyDocument,
  operation: string,
  asked: Asked,
): readonly Grant[] {
  const { account, region, keyId } = key
  const found = namesOf(call.caller, call.partition).flatMap((name) =>
    call.tx.find(grants, { account, region }, 'grantee', `${keyId} ${name}`),
  )
  return found
    .map(({ document }) => document)
    .filter((grant) => allows(grant, operation, asked))
    .map(({ grantee, issuingAccount }) => granted(grantee, operation, issuingAccount))
}

/** Grants as policies, by principal and operation: every use of a key asks for them. */
const texts = new Bounded<string, string>(20_000)

/** The allowance of one operation to a grant's grantee or retiring principal; see `Grant`. */
export function granted({ type, name }: GrantPrincipal, operation: string, issuer: AccountId): Grant {
  const text = texts.of(`${type} ${operation} ${name}`, () => {
    const statement = {
      Effect: 'Allow',
      Principal: { [type]: name },
      Action: `kms:${operation}`,
      Resource: '*',
    }
    return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  })
  return { text, issuer }
}

/**
 * Whether a grant lets its grantee do what is asked.
 * Source: KMS API Reference, CreateGrant, Constraints: an encryption context constraint does not apply to DescribeKey, and of
 * CreateGrant requires "an equally strict or stricter" one. A source ARN belongs to calls of services for themselves: no other call
 * meets it.
 */
function allows(parent: GrantTerms, operation: string, { context, child }: Asked): boolean {
  const { operations, constraints } = parent
  if (!operations.some((one) => one === operation) || constraints?.SourceArn !== undefined) return false
  if (operation === 'CreateGrant') return child !== undefined && isNoWider(child, parent)
  return !takesContext(operation) || meets(constraints, context)
}

/** Whether an encryption context keeps to a grant's constraints. Source: KMS API Reference, GrantConstraints. */
function meets(constraints: GrantConstraints = {}, context: EncryptionContext = {}): boolean {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints
  if (equals && !isSame(equals, context)) return false
  return !subset || isWithin(subset, context)
}

/**
 * Whether whatever a grant allows, its parent allows too.
 * Source: KMS Developer Guide, "Creating grants", Granting CreateGrant permission.
 */
function isNoWider(child: GrantTerms, parent: GrantTerms): boolean {
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false
  const { EncryptionContextEquals: exact, EncryptionContextSubset: least } = parent.constraints ?? {}
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = child.constraints ?? {}
  if (exact && !(equals && isSame(equals, exact))) return false
  return !least || isWithin(least, equals ?? {}) || isWithin(least, subset ?? {})
}

type Pairs = Readonly<Record<string, string>>

function isSame(one: Pairs, other: Pairs): boolean {
  return isWithin(one, other) && isWithin(other, one)
}

/** Whether every pair of the one is a pair of the other. */
function isWithin(part: Pairs, whole: Pairs): boolean {
  return Object.entries(part).every(([key, value]) => Object.hasOwn(whole, key) && whole[key] === value)
}

/** The names by which grants know a caller: its own, that of the role or user it stands for, and its account's. */
function namesOf(caller: Caller, partition: string): readonly string[] {
  switch (caller.kind) {
    case 'root':
      return [caller.arn]
    case 'user':
      return [caller.userId, caller.arn, accountRoot(partition, caller.account)]
    case 'assumed-role':
      return [caller.roleId, caller.roleArn, caller.arn, accountRoot(partition, caller.account)]
    case 'federated-user':
      return [caller.session.uniqueId, caller.arn, accountRoot(partition, caller.account)]
    case 'service':
      return [caller.service]
    case 'anonymous':
      return []
  }
}

/** An account, as grants and policies name it. */
export function accountRoot(partition: string, account: AccountId): Arn {
  return arn({ partition, service: 'iam', region: '', account, resource: 'root' })
}
