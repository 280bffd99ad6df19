import { accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import type { AccountId } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { KmsCall } from './declare.ts'
import { type KeyDocument, keys } from './documents.ts'
import { faults } from './faults.ts'
import { isGone } from './key-states.ts'

/** A key as a call found it: what it is authorized on, and all that `run` learns of it. */
export interface FoundKey extends Resource {
  readonly key: KeyDocument
  /** The alias by which the call named it. */
  readonly alias?: string | undefined
}

/** A key's id, or a multi-Region key's. */
const keyIdForm = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/

/** Where a key, or an alias, is looked for. */
export interface Place {
  readonly account: AccountId
  readonly region: string
}

/**
 * Where a `KeyId` points: a key's id or ARN, an alias' name or ARN.
 * Faults: NotFoundException, InvalidArnException for what can be neither.
 */
export function readKeyId(
  call: KmsCall,
  text: string,
): Place & ({ readonly keyId: string } | { readonly aliasName: string }) {
  const here = { account: call.account, region: call.region }
  if (!text.startsWith('arn:')) {
    if (text.startsWith('alias/')) return { ...here, aliasName: text }
    if (!keyIdForm.test(text)) throw faults.invalidKeyId(text)
    return { ...here, keyId: text }
  }
  const parts = parseArn(text)
  const account = parts && accountId(parts.account)
  if (!account || parts.service !== 'kms' || parts.partition !== call.partition) throw faults.invalidArn(text)
  if (parts.region !== call.region) throw faults.otherRegion(parts.region)
  if (parts.resource.startsWith('alias/')) return { account, region: parts.region, aliasName: parts.resource }
  const keyId = parts.resource.startsWith('key/') ? parts.resource.slice('key/'.length) : ''
  if (!keyIdForm.test(keyId)) throw faults.invalidKeyId(keyId || text)
  return { account, region: parts.region, keyId }
}

/** The key of that id in a place, unless its time is over. */
export function keyAt(call: KmsCall, { account, region }: Place, keyId: string): KeyDocument | undefined {
  const key = call.tx.get(keys, { account, region }, keyId)
  return key && !isGone(key, call.nowMs) ? key : undefined
}

/** What to authorize in the place of a key that does not exist. */
export function missingKey(call: KmsCall, place: Place, keyId: string): Missing {
  const asked = keyArn(call, place, keyId)
  return new Missing(asked, faults.noSuchKey(asked))
}

/** What to authorize in the place of an alias that does not exist. */
export function missingAlias(call: KmsCall, place: Place, aliasName: string): Missing {
  const asked = aliasArn(call, place, aliasName)
  return new Missing(asked, faults.noSuchAlias(asked))
}

export function keyArn({ partition }: KmsCall, { account, region }: Place, keyId: string): Arn {
  return arn({ partition, service: 'kms', region, account, resource: `key/${keyId}` })
}

export function aliasArn({ partition }: KmsCall, { account, region }: Place, aliasName: string): Arn {
  return arn({ partition, service: 'kms', region, account, resource: aliasName })
}
