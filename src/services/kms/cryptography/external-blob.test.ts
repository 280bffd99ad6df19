// Goal: what an external key made comes back part for part, and bytes that are no such blob are told apart from one, whatever they are.
// Method: every form of the parts; every byte changed; every cut; bytes at random.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { externalHeader, readBlob, readExternalBlob, writeExternalBlob } from './index.ts'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

function parts(vectorBytes: number, metadataBytes: number) {
  return {
    initializationVector: randomBytes(vectorBytes),
    ...(metadataBytes > 0 && { ciphertextMetadata: randomBytes(metadataBytes) }),
    authenticationTag: randomBytes(16),
    ciphertext: randomBytes(100),
  }
}

test('external blob: every form of its parts, from the middle of a buffer too', () => {
  let ran = 0
  for (const vectorBytes of [12, 16]) {
    for (const metadataBytes of [0, 1, 20]) {
      const made = parts(vectorBytes, metadataBytes)
      const header = externalHeader(keyId)
      const blob = writeExternalBlob(header, made)
      const inside = Buffer.concat([Buffer.alloc(7), blob, Buffer.alloc(7)]).subarray(7, 7 + blob.length)
      for (const bytes of [blob, inside, new Uint8Array(blob)]) {
        assert.deepEqual(readExternalBlob(bytes), { keyId, header, ...made })
        ran += 1
      }
      assert.equal(readBlob(blob), undefined, 'it passes for no blob of the other version')
    }
  }
  assert.equal(ran, 18)
})

test('external blob: a changed header, an impossible length and every cut before the ciphertext are no blob', () => {
  const blob = writeExternalBlob(externalHeader(keyId), parts(12, 3))
  const changed = (at: number, byte: number) =>
    Uint8Array.from(blob, (old, index) => (index === at ? byte : old))
  let refused = 0
  for (let at = 0; at < 21; at += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      if (byte === blob[at]) continue
      assert.equal(readExternalBlob(changed(at, byte)), undefined, `byte ${at} as ${byte}`)
      refused += 1
    }
  }
  assert.equal(refused, 21 * 255)
  for (let byte = 0; byte < 256; byte += 1) {
    assert.equal(
      readExternalBlob(changed(21, byte)) !== undefined,
      byte === 12 || byte === 16,
      `vector of ${byte}`,
    )
    assert.equal(readExternalBlob(changed(22, byte)) !== undefined, byte <= 20, `metadata of ${byte}`)
  }
  const beforeCiphertext = 23 + 12 + 3 + 16
  for (let length = 0; length <= beforeCiphertext; length += 1) {
    assert.equal(readExternalBlob(blob.subarray(0, length)), undefined, `cut to ${length}`)
  }
  assert.ok(readExternalBlob(blob.subarray(0, beforeCiphertext + 1)))
})

test('external blob: reading never throws', () => {
  const header = externalHeader(keyId)
  fc.assert(
    fc.property(fc.boolean(), fc.uint8Array({ maxLength: 200 }), (begun, bytes) => {
      readExternalBlob(begun ? Buffer.concat([header, bytes]) : bytes)
    }),
    { numRuns: 2000 },
  )
})

test('external blob: only a single-Region key has one', () => {
  for (const wrong of ['', 'mrk-1234abcd12ab34cd56ef1234567890ab', keyId.toUpperCase()]) {
    assert.throws(() => externalHeader(wrong), /not the id of a key of an external key store/)
  }
})
