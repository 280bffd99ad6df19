import { createHash } from 'node:crypto'
import type { Scope } from '#models/wafv2.d.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import { type ApiKeyDocument, apiKeys } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfDocuments } from './paging.ts'
import { placeOf } from './places.ts'
import { quotas } from './quotas.ts'
import { sealedApiKey } from './sealed.ts'

/** Units: bytes. No one guesses it, and nothing can be read from it. */
const keyLength = 96

/**
 * Makes a key with which client applications of these domains ask for tokens.
 * Differs: the integration scripts that would use it come with the edge; AWS also refuses public suffixes as domains.
 */
export const CreateAPIKey = wafv2('CreateAPIKey', {
  access: () => [{ action: 'wafv2:CreateAPIKey', resource: '*' }],
  run({ input: { Scope, TokenDomains }, call }) {
    const place = placeOf(call, Scope)
    if (TokenDomains.length > quotas.tokenDomainsPerKey) throw faults.limit('TOKEN_DOMAIN')
    if (!call.tx.requireRoom(apiKeys, place, quotas.apiKeys)) throw faults.limit('API_KEY')
    const APIKey = call.randomBytes(keyLength).toString('base64url')
    const id = idOf(APIKey)
    call.tx.put(apiKeys, place, id, {
      sealedKey: sealedApiKey.seal(call.seal, id, APIKey),
      tokenDomains: TokenDomains,
      createdAtMs: call.nowMs,
    })
    return { APIKey }
  },
})

/** Lists the keys of a scope. */
export const ListAPIKeys = wafv2('ListAPIKeys', {
  access: () => [{ action: 'wafv2:ListAPIKeys', resource: '*' }],
  run({ input, call }) {
    const { items, ...next } = pageOfDocuments(call, apiKeys, placeOf(call, input.Scope), input)
    const APIKeySummaries = items.map(({ id, document: { sealedKey, tokenDomains, createdAtMs } }) => ({
      APIKey: sealedApiKey.open(call.seal, id, sealedKey).toString(),
      TokenDomains: tokenDomains,
      CreationTimestamp: new Date(createdAtMs),
      Version: 1,
    }))
    return { APIKeySummaries, ...next }
  },
})

/** Tells what a key was made for. Faults: WAFNonexistentItemException for one that was not made here, or was deleted. */
export const GetDecryptedAPIKey = wafv2('GetDecryptedAPIKey', {
  access: () => [{ action: 'wafv2:GetDecryptedAPIKey', resource: '*' }],
  run({ input, call }) {
    const { tokenDomains, createdAtMs } = findKey(call, input)
    return { TokenDomains: tokenDomains, CreationTimestamp: new Date(createdAtMs) }
  },
})

/** Deletes a key, from the next call on. */
export const DeleteAPIKey = wafv2('DeleteAPIKey', {
  access: () => [{ action: 'wafv2:DeleteAPIKey', resource: '*' }],
  run({ input, call }) {
    findKey(call, input)
    call.tx.delete(apiKeys, placeOf(call, input.Scope), idOf(input.APIKey))
    return {}
  },
})

function findKey(
  call: Wafv2Call,
  { Scope, APIKey }: { readonly Scope: Scope; readonly APIKey: string },
): ApiKeyDocument {
  const found = call.tx.get(apiKeys, placeOf(call, Scope), idOf(APIKey))
  if (!found) throw faults.nonexistent()
  return found
}

/** A key is found by its digest, so that no document holds it in the clear. */
function idOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
