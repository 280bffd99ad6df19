import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { KmsCall } from './declare.ts'
import { aliases, type KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { aliasArn, type FoundKey, keyAt, missingAlias, missingKey, readKeyId } from './find-key.ts'
import { type Asked, type EncryptionContext, grantsFor } from './grant-scope.ts'
import type { KeyOperation } from './key-states.ts'
import { managedKey } from './managed-keys.ts'

/**
 * Operations on keys of other accounts that AWS lets succeed; any other is refused there whatever the key policy says.
 * Source: KMS API Reference, "Cross-account use" of each operation.
 */
const acrossAccounts: ReadonlySet<KeyOperation> = new Set<KeyOperation>([
  'CreateGrant',
  'Decapsulate',
  'Decrypt',
  'DeriveSharedSecret',
  'DescribeKey',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetKeyRotationStatus',
  'GetPublicKey',
  'ListGrants',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
  'RevokeGrant',
  'Sign',
  'Verify',
  'VerifyMac',
])

/** What a call says of the use of one key. */
export interface Use extends Asked {
  readonly operation: KeyOperation
  /** As the caller wrote it: id, ARN, alias name or alias ARN. */
  readonly keyId: string
}

/**
 * The key that a call names, with its policy and the grants that concern the caller; or what to authorize in its place.
 * Faults: those of `readKeyId`; NotFoundException for an alias where an operation takes none.
 */
export function findKey(call: KmsCall, { operation, keyId: text, ...asks }: Use): FoundKey | Missing {
  const asked = readKeyId(call, text)
  if ('aliasName' in asked && !takesAlias(operation)) throw faults.invalidKeyId(text)
  const isForeign = asked.account !== call.account && !acrossAccounts.has(operation)
  if ('keyId' in asked) {
    const key = isForeign ? undefined : keyAt(call, asked, asked.keyId)
    return key ? foundKey(call, key, operation, asks) : missingKey(call, asked, asked.keyId)
  }
  const alias = isForeign ? undefined : call.tx.get(aliases, asked, asked.aliasName)
  const target = alias ? keyAt(call, asked, alias.targetKeyId) : managedKey(call, asked, asked.aliasName)
  if (!target) return missingAlias(call, asked, asked.aliasName)
  return {
    ...foundKey(call, target, operation, asks),
    alias: asked.aliasName,
    // Nobody learns from a denial what aliases another account has, nor which keys they lead to.
    ...(asked.account !== call.account && { deniedAs: aliasArn(call, asked, asked.aliasName) }),
  }
}

/** A key as what an operation is authorized on. */
export function foundKey(
  call: KmsCall,
  key: KeyDocument,
  operation: KeyOperation,
  asked: Asked = {},
): FoundKey {
  return {
    arn: key.arn,
    tags: key.tags,
    key,
    resourcePolicy: {
      kind: 'resource',
      text: key.policy,
      required: true,
      grants: () => grantsFor(call, key, operation, asked),
    },
  }
}

/**
 * The access to one key, with the condition keys that every operation on a key has.
 * Source: Service Authorization Reference, "AWS KMS"; KMS Developer Guide, "AWS KMS condition keys".
 */
export function keyAccess(
  call: KmsCall,
  found: FoundKey | Missing,
  operation: KeyOperation,
  conditions?: Access['conditions'],
): Access {
  const action = `kms:${operation}`
  if (found instanceof Missing)
    return { action, resource: found, conditions: { ...callConditions(call), ...conditions } }
  const { key, alias } = found
  return {
    action,
    resource: found,
    conditions: {
      ...callConditions(call),
      'kms:KeySpec': key.spec,
      'kms:KeyUsage': key.usage,
      'kms:KeyOrigin': key.origin,
      'kms:MultiRegion': String(key.multiRegion !== undefined),
      'kms:MultiRegionKeyType': key.multiRegion?.type,
      'kms:ResourceAliases': () => aliasNames(call, key),
      ...(alias !== undefined && { 'kms:RequestAlias': alias }),
      ...conditions,
    },
  }
}

/** The condition keys that have nothing to do with a key. */
export function callConditions({ account, calledVia, region }: KmsCall): NonNullable<Access['conditions']> {
  const via = calledVia.at(-1)
  return { 'kms:CallerAccount': account, 'kms:ViaService': via?.replace('.', `.${region}.`) }
}

/**
 * The condition keys of encryption contexts. Their names have no case: of pairs that differ in it alone, every value counts, so that
 * none hides another.
 */
export function contextConditions(
  ...contexts: readonly EncryptionContext[]
): NonNullable<Access['conditions']> {
  const pairs = contexts.flatMap((context = {}) => Object.entries(context))
  if (pairs.length === 0) return {}
  const values = new Map<string, string | readonly string[]>()
  for (const [key, value] of pairs) {
    const name = `kms:EncryptionContext:${key.toLowerCase()}`
    const before = values.get(name)
    values.set(name, before === undefined ? value : [before, value].flat())
  }
  return { ...Object.fromEntries(values), 'kms:EncryptionContextKeys': pairs.map(([key]) => key) }
}

/**
 * Operations that may be told of a key by its alias: DescribeKey and those that use it; what manages keys wants an id or an ARN.
 * Source: Service Authorization Reference, condition key kms:RequestAlias; KMS Developer Guide, "Find the key ID and key ARN".
 */
function takesAlias(operation: KeyOperation): boolean {
  return acrossAccounts.has(operation) && !/Grant|GetKeyRotationStatus/.test(operation)
}

function aliasNames(call: KmsCall, { account, region, keyId }: KeyDocument): readonly string[] {
  return call.tx.find(aliases, { account, region }, 'target', keyId).map(({ id }) => id)
}
