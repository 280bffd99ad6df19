import type { Missing } from '#core/resource.ts'
import { kms, type KmsCall } from './declare.ts'
import { aliases, type AliasDocument, type KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { aliasArn, type FoundKey, keyAt, missingAlias, missingKey, readKeyId } from './find-key.ts'
import { callConditions, findKey, foundKey, keyAccess } from './key-access.ts'
import type { KeyOperation } from './key-states.ts'
import { isReservedAlias } from './managed-keys.ts'
import { assertUsable } from './on-key.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'

/** Source: KMS API Reference, CreateAlias, AliasName. */
const aliasForm = /^alias\/[a-zA-Z0-9/_-]+$/

/**
 * Gives a key a friendly name, unique in its account and Region. Leave is needed on the alias and on the key.
 *
 * Faults: ValidationException, InvalidAliasNameException for the name; NotAuthorizedException for `alias/aws/…`;
 * AlreadyExistsException; LimitExceededException; NotFoundException; KMSInvalidStateException.
 */
export const CreateAlias = kms('CreateAlias', {
  target({ AliasName, TargetKeyId }, call) {
    if (!AliasName.startsWith('alias/')) throw faults.aliasPrefix()
    return {
      alias: { arn: aliasArn(call, call, AliasName) },
      key: findTarget(call, TargetKeyId, 'CreateAlias'),
    }
  },
  access: ({ alias, key }, _, call) => [
    aliasAccess(call, alias, 'CreateAlias'),
    keyAccess(call, key, 'CreateAlias'),
  ],
  run({ target: { alias, key }, input: { AliasName: aliasName }, call }) {
    assertOwnName(aliasName)
    assertUsable(call, key, 'CreateAlias')
    if (aliasAt(call, aliasName)) throw faults.aliasExists(alias.arn)
    const targetKeyId = key.key.keyId
    assertRoom(call, targetKeyId)
    const { nowMs } = call
    call.aliases.put(aliasName, {
      aliasName,
      arn: alias.arn,
      targetKeyId,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    })
    return {}
  },
})

/**
 * Points an alias at another key, of the same kind and usage. Leave is needed on the alias, on the key that it leaves and on the one
 * that it gets.
 *
 * Faults: as CreateAlias, but for AlreadyExistsException; ValidationException for keys of different kinds.
 */
export const UpdateAlias = kms('UpdateAlias', {
  target: ({ AliasName, TargetKeyId }, call) => ({
    alias: findAlias(call, AliasName),
    key: findTarget(call, TargetKeyId, 'UpdateAlias'),
    current: currentKey(call, AliasName, 'UpdateAlias'),
  }),
  access: ({ alias, key, current }, _, call) => [
    aliasAccess(call, alias, 'UpdateAlias'),
    ...(current ? [keyAccess(call, current, 'UpdateAlias')] : []),
    keyAccess(call, key, 'UpdateAlias'),
  ],
  run({ target: { alias, key, current }, call }) {
    assertOwnName(alias.aliasName)
    assertUsable(call, key, 'UpdateAlias')
    if (current && kindOf(current) !== kindOf(key)) {
      throw faults.invalid(`Alias ${alias.arn} must be updated to a KMS key of the same type and key usage.`)
    }
    const targetKeyId = key.key.keyId
    if (targetKeyId !== alias.targetKeyId) assertRoom(call, targetKeyId)
    call.aliases.put(alias.aliasName, { ...alias, targetKeyId, updatedAtMs: call.nowMs })
    return {}
  },
})

/** Removes an alias; its key stays. Leave is needed on both. */
export const DeleteAlias = kms('DeleteAlias', {
  target: ({ AliasName }, call) => ({
    alias: findAlias(call, AliasName),
    key: currentKey(call, AliasName, 'DeleteAlias'),
  }),
  access: ({ alias, key }, _, call) => [
    aliasAccess(call, alias, 'DeleteAlias'),
    ...(key ? [keyAccess(call, key, 'DeleteAlias')] : []),
  ],
  run({ target: { alias }, call }) {
    assertOwnName(alias.aliasName)
    call.aliases.delete(alias.aliasName)
    return {}
  },
})

/** Lists the aliases of the account and Region, or of one key, sorted by name. */
export const ListAliases = kms('ListAliases', {
  target: ({ KeyId }, call) => ({ key: KeyId === undefined ? undefined : ownKey(call, KeyId) }),
  access: () => [{ action: 'kms:ListAliases', resource: '*' }],
  run({ target: { key }, input, call }) {
    const { items, info } = page(input, 50, (after, limit) =>
      key
        ? call.aliases.find('target', key.keyId, { after, limit })
        : call.aliases.list({ after, limit, where: (alias) => leadsToKey(call, alias) }),
    )
    const shown = items.map(({ document: { aliasName, arn, targetKeyId, createdAtMs, updatedAtMs } }) => ({
      AliasName: aliasName,
      AliasArn: arn,
      TargetKeyId: targetKeyId,
      CreationDate: new Date(createdAtMs),
      LastUpdatedDate: new Date(updatedAtMs),
    }))
    return { Aliases: shown, ...info }
  },
})

/** What is no name of an alias would be authorized as what it is not: `key/…`. Faults: ValidationException. */
function findAlias(call: KmsCall, aliasName: string): AliasDocument | Missing {
  if (!aliasName.startsWith('alias/')) throw faults.aliasPrefix()
  return aliasAt(call, aliasName) ?? missingAlias(call, call, aliasName)
}

/** An alias for as long as its key is there: it goes with the key, whether or not its remains are removed. */
function aliasAt(call: KmsCall, aliasName: string): AliasDocument | undefined {
  const alias = call.aliases.get(aliasName)
  return alias && leadsToKey(call, alias) ? alias : undefined
}

function leadsToKey(call: KmsCall, { targetKeyId }: AliasDocument): boolean {
  return keyAt(call, call, targetKeyId) !== undefined
}

/** The key that an alias points at, as long as there is one. */
function currentKey(call: KmsCall, aliasName: string, operation: KeyOperation): FoundKey | undefined {
  const alias = call.tx.get(aliases, call, aliasName)
  const key = alias && keyAt(call, call, alias.targetKeyId)
  return key && foundKey(call, key, operation)
}

/**
 * A key of the caller's account. It is authorized nowhere, so a key of another account is as missing as one that is not there.
 * Source: KMS API Reference, ListAliases, KeyId: "Enter a KMS key in your AWS account", by its id or ARN.
 */
function ownKey(call: KmsCall, text: string): KeyDocument | Missing {
  const asked = readKeyId(call, text)
  if ('aliasName' in asked) throw faults.invalidKeyId(text)
  const key = asked.account === call.account ? keyAt(call, asked, asked.keyId) : undefined
  return key ?? missingKey(call, asked, asked.keyId)
}

/** Source: KMS API Reference, CreateAlias, TargetKeyId: "Specify the key ID or key ARN". */
function findTarget(call: KmsCall, keyId: string, operation: KeyOperation): FoundKey | Missing {
  if (/^(?:arn:[^:]*:kms:[^:]*:[^:]*:)?alias\//.test(keyId))
    throw faults.invalid('Aliases must refer to keys. Not aliases')
  return findKey(call, { operation, keyId })
}

function aliasAccess(call: KmsCall, alias: Pick<AliasDocument, 'arn'> | Missing, operation: KeyOperation) {
  return { action: `kms:${operation}`, resource: alias, conditions: callConditions(call) }
}

function assertOwnName(aliasName: string): void {
  if (isReservedAlias(aliasName)) throw faults.reservedAlias()
  if (!aliasForm.test(aliasName)) throw faults.invalidAlias(aliasName)
}

/** Faults: LimitExceededException. Source: KMS Developer Guide, "Resource quotas", Aliases per KMS key. */
function assertRoom(call: KmsCall, keyId: string): void {
  const { aliasesPerKey } = quotas
  if (!call.aliases.hasRoomUnder('target', keyId, aliasesPerKey))
    throw faults.limit(`A KMS key can have up to ${aliasesPerKey} aliases.`)
}

/** Source: KMS API Reference, UpdateAlias: both symmetric, both asymmetric or both HMAC, and of the same usage. */
function kindOf({ key: { spec, usage } }: FoundKey): string {
  const family = spec === 'SYMMETRIC_DEFAULT' || spec.startsWith('HMAC') ? spec.slice(0, 4) : 'asymmetric'
  return `${family} ${usage}`
}
