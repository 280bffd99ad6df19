import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const form = /Credential=[^/]+\/([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})/

/**
 * What SigV4 asks a verifier to compute: two hashes, one HMAC with a key that is kept, a comparison. No rule of SigV4 beyond what the
 * benchmarks' requests need: a part of yardsticks, not a verifier.
 */
export function signatureSums(
  secret: string,
): (request: IncomingMessage, body: Buffer | undefined) => boolean {
  const keys = new Map<string, KeyObject>()

  function keyOf(scope: string): KeyObject {
    const kept = keys.get(scope)
    if (kept) return kept
    let bytes = Buffer.from(`AWS4${secret}`)
    for (const part of scope.split('/')) bytes = createHmac('sha256', bytes).update(part).digest()
    const key = createSecretKey(bytes)
    keys.set(scope, key)
    return key
  }

  return ({ method, url, headers }, body = Buffer.alloc(0)) => {
    const [, scope = '', names = '', signature = ''] = form.exec(headers.authorization ?? '') ?? []
    let lines = ''
    for (const name of names.split(';')) lines += `${name}:${String(headers[name])}\n`
    const canonical = `${method}\n${url}\n\n${lines}\n${names}\n${hash('sha256', body, 'hex')}`
    const text = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${hash('sha256', canonical, 'hex')}`
    const wanted = createHmac('sha256', keyOf(scope)).update(text).digest()
    const given = Buffer.from(signature, 'hex')
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }
}
