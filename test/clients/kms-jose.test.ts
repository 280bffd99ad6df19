// Goal: a JSON Web Token that is signed in KMS is one for anybody who has the public key, by a library that knows nothing of KMS.
// Method: the signing input goes to Sign; jose verifies with what GetPublicKey shows. A changed claim must fail.
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { exportJWK, importJWK, jwtVerify } from 'jose'
import type { KeySpec, SigningAlgorithmSpec } from '#models/kms.d.ts'
import { administratorOf, serverFor } from '../server.ts'
import { allowed } from './expect.ts'
import { sdk } from './sdk.ts'

/** `alg` of JSON Web Signatures, and what KMS calls it. Source: RFC 7518, 3.1; RFC 8812; RFC 8037. */
const rows: readonly [
  alg: string,
  spec: KeySpec,
  algorithm: SigningAlgorithmSpec,
  componentBytes?: number,
][] = [
  ['RS256', 'RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256'],
  ['RS512', 'RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512'],
  ['PS256', 'RSA_2048', 'RSASSA_PSS_SHA_256'],
  ['PS384', 'RSA_3072', 'RSASSA_PSS_SHA_384'],
  ['ES256', 'ECC_NIST_P256', 'ECDSA_SHA_256', 32],
  ['ES384', 'ECC_NIST_P384', 'ECDSA_SHA_384', 48],
  ['ES512', 'ECC_NIST_P521', 'ECDSA_SHA_512', 66],
  ['EdDSA', 'ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
]

test('jose verifies tokens that KMS signed, with the public key alone', async (t) => {
  const server = await serverFor(t)
  const [client, as] = [sdk(t, server.url), administratorOf(server)]
  let verified = 0
  for (const [alg, KeySpec, SigningAlgorithm, componentBytes] of rows) {
    await t.test(`${alg} with ${KeySpec}`, async () => {
      const made = await client.call('kms', 'CreateKey', { KeySpec, KeyUsage: 'SIGN_VERIFY' }, as)
      const KeyId = allowed(made).KeyMetadata?.KeyId ?? ''
      const head = { alg, kid: KeyId, typ: 'JWT' }
      const claims = { sub: 'alice', iss: 'redoubt', exp: Math.floor(Date.now() / 1000) + 60 }
      const signed = `${encoded(head)}.${encoded(claims)}`
      const Message = new Uint8Array(Buffer.from(signed))
      const answer = await client.call('kms', 'Sign', { KeyId, Message, SigningAlgorithm }, as)
      const signature = Buffer.from(allowed(answer).Signature ?? '')
      const ofJws = componentBytes === undefined ? signature : joined(signature, componentBytes)

      const { PublicKey = new Uint8Array() } = allowed(
        await client.call('kms', 'GetPublicKey', { KeyId }, as),
      )
      const shown = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' })
      const key = await importJWK(await exportJWK(shown), alg)
      const { payload, protectedHeader } = await jwtVerify(`${signed}.${ofJws.toString('base64url')}`, key, {
        issuer: 'redoubt',
        algorithms: [alg],
      })
      assert.deepEqual([payload, protectedHeader], [claims, head])

      const forged = `${encoded(head)}.${encoded({ ...claims, sub: 'mallory' })}.${ofJws.toString('base64url')}`
      await assert.rejects(jwtVerify(forged, key), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
      verified += 1
    })
  }
  assert.equal(verified, 8)
})

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** ECDSA's r and s side by side, as JWS has them, out of the DER that KMS gives. Source: RFC 7518, 3.4; RFC 3279, 2.2.3. */
function joined(der: Buffer, componentBytes: number): Buffer {
  const start = der[1] === 0x81 ? 3 : 2
  const integer = (at: number): Buffer => {
    assert.equal(der[at], 2, 'an INTEGER')
    return der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0))
  }
  const r = integer(start)
  const s = integer(start + 2 + r.length)
  // DER's integers lose leading zeros, and get one before a high bit.
  const padded = (part: Buffer): Buffer =>
    Buffer.concat([Buffer.alloc(componentBytes), part]).subarray(-componentBytes)
  return Buffer.concat([padded(r), padded(s)])
}
