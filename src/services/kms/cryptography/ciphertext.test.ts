// Goal: a ciphertext blob opens for the same key and the same encryption context, and for nothing else.
// Method: properties over random plaintexts and contexts; every single byte changed, removed or added in a row; contexts that are
// easily taken for one another as rows.
import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalContext } from './encryption-context.ts'
import { blobOverheadBytes, decrypt, encrypt, type EncryptionContext, readBlob } from './index.ts'

const key = createSecretKey(Buffer.alloc(32, 1))
const ids = { keyId: '0a1b2c3d-1111-4222-8333-444455556666', materialId: 'ab'.repeat(32) }
const multiRegion = { keyId: `mrk-${'0f'.repeat(16)}`, materialId: '01'.repeat(32) }

function sealed(plaintext: Uint8Array, context?: EncryptionContext, of = ids): Buffer {
  return encrypt({ ...of, key, plaintext, context, randomBytes })
}

const contexts = fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), {
  nil: undefined,
})
const hexadecimal = (length: number) =>
  fc
    .array(fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 a b c d e f'.split(' ')), {
      minLength: length,
      maxLength: length,
    })
    .map((all) => all.join(''))
const keyIds = fc.oneof(
  fc.uuid(),
  hexadecimal(32).map((digits) => `mrk-${digits}`),
)

test('ciphertext: what is encrypted is decrypted, and says whose it is', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 4096 }),
      contexts,
      keyIds,
      hexadecimal(64),
      (plaintext, context, keyId, materialId) => {
        const blob = encrypt({ keyId, materialId, key, plaintext, context, randomBytes })
        assert.equal(blob.length, plaintext.length + blobOverheadBytes)
        assert.deepEqual(readBlob(blob), { keyId, materialId })
        assert.deepEqual(decrypt({ key, blob, context }), Buffer.from(plaintext))
      },
    ),
  )
})

test('ciphertext: the order in which a context was written does not matter', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 2 }), (context) => {
      const turned = Object.fromEntries(Object.entries(context).reverse())
      assert.equal(
        decrypt({ key, blob: sealed(Buffer.from('x'), context), context: turned })?.toString(),
        'x',
      )
    }),
  )
})

test('ciphertext: another context is refused', () => {
  fc.assert(
    fc.property(contexts, contexts, (one, other) => {
      const isSame = canonicalOf(one) === canonicalOf(other)
      assert.equal(
        decrypt({ key, blob: sealed(Buffer.from('x'), one), context: other }) !== undefined,
        isSame,
      )
    }),
  )
})

/** Written once more, otherwise: as JSON of the sorted pairs. */
function canonicalOf(context: EncryptionContext | undefined): string {
  return JSON.stringify(Object.entries(context ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)))
}

const different: readonly (readonly [name: string, one: EncryptionContext, other: EncryptionContext])[] = [
  ['a boundary between key and value', { a: 'bc' }, { ab: 'c' }],
  ['a boundary between pairs', { a: 'b', c: 'd' }, { a: 'bc', '': 'd' }],
  ['one pair and two', { a: 'b', c: 'd' }, { a: 'b' }],
  ['an empty pair and none', { '': '' }, {}],
  ['key and value', { a: 'b' }, { b: 'a' }],
  ['values exchanged', { a: '1', b: '2' }, { a: '2', b: '1' }],
  ['case', { a: 'b' }, { A: 'b' }],
  ['composed and decomposed', { a: '\u00e9' }, { a: 'e\u0301' }],
  ['lone surrogates', { a: '\ud800' }, { a: '\ud801' }],
  ['a lone surrogate and its replacement', { a: '\ud800' }, { a: '\ufffd' }],
]

for (const [name, one, other] of different) {
  test(`ciphertext: contexts differ by ${name}`, () => {
    assert.notDeepEqual(canonicalContext(one), canonicalContext(other))
    assert.equal(decrypt({ key, blob: sealed(Buffer.from('x'), one), context: other }), undefined)
    assert.equal(decrypt({ key, blob: sealed(Buffer.from('x'), one), context: one })?.toString(), 'x')
  })
}

test('ciphertext: the canonical form of a context, byte by byte', () => {
  const pair = (...units: readonly string[]): string => units.join('')
  assert.equal(
    canonicalContext({ b: 'xy', a: '\u20ac' }).toString('hex'),
    pair('00000001', '6100', '00000001', 'ac20') + pair('00000001', '6200', '00000002', '78007900'),
  )
})

test('ciphertext: no context and an empty one are the same', () => {
  assert.equal(different.length, 10)
  assert.equal(decrypt({ key, blob: sealed(Buffer.from('x')), context: {} })?.toString(), 'x')
  assert.equal(decrypt({ key, blob: sealed(Buffer.from('x'), {}), context: undefined })?.toString(), 'x')
})

test('ciphertext: every single byte changed, removed or added is refused', () => {
  const context = { a: 'b' }
  let tried = 0
  const refused = (blob: Buffer, what: string): void => {
    tried += 1
    assert.equal(decrypt({ key, blob, context }), undefined, what)
  }
  for (const owner of [ids, multiRegion]) {
    const blob = sealed(Buffer.from('the plaintext'), context, owner)
    for (let at = 0; at < blob.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(blob)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        refused(changed, `byte ${at}, bit ${bit}`)
      }
      refused(Buffer.concat([blob.subarray(0, at), blob.subarray(at + 1)]), `without byte ${at}`)
      refused(Buffer.concat([blob.subarray(0, at), Buffer.of(0), blob.subarray(at)]), `one more before ${at}`)
    }
    refused(Buffer.concat([blob, Buffer.of(0)]), 'one more at the end')
  }
  assert.equal(tried, 2 * ((13 + blobOverheadBytes) * 10 + 1))
})

test('ciphertext: another key is refused, and the salt decides key and IV', () => {
  const blob = sealed(Buffer.from('x'))
  assert.equal(decrypt({ key: createSecretKey(Buffer.alloc(32, 2)), blob, context: undefined }), undefined)
  assert.notDeepEqual(sealed(Buffer.from('x')), sealed(Buffer.from('x')))
  const fixed = (fill: number): Buffer =>
    encrypt({
      ...ids,
      key,
      plaintext: Buffer.alloc(64),
      context: undefined,
      randomBytes: (length) => Buffer.alloc(length, fill),
    })
  assert.deepEqual(fixed(1), fixed(1))
  assert.notDeepEqual(fixed(1).subarray(74), fixed(2).subarray(74))
})

test('ciphertext: the first half of the salt makes another key, the second another IV', () => {
  const withSalt = (at: number): string => {
    const salt = Buffer.alloc(24)
    salt[at] = 1
    const made = encrypt({
      ...ids,
      key,
      plaintext: Buffer.alloc(32),
      context: undefined,
      randomBytes: () => salt,
    })
    return made.toString('hex', 74, 74 + 32)
  }
  const streams = Array.from({ length: 24 }, (_, at) => withSalt(at))
  assert.equal(new Set(streams).size, 24)
})

test('ciphertext: bytes that are no blob are no one’s, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const isLikeOne = bytes.length >= blobOverheadBytes && bytes[0] === 1 && (bytes[1] ?? 2) < 2
      assert.equal(readBlob(bytes) !== undefined, isLikeOne)
      assert.equal(decrypt({ key, blob: bytes, context: undefined }), undefined)
    }),
  )
  const blob = sealed(Buffer.alloc(0))
  assert.equal(blob.length, blobOverheadBytes)
  assert.equal(readBlob(blob.subarray(0, -1)), undefined)
  const inside = new Uint8Array(300)
  inside.set(blob, 7) // A view into a larger buffer, as the decoder of a request gives.
  assert.deepEqual(readBlob(inside.subarray(7, 7 + blob.length)), ids)
})

const badIds: readonly (readonly [name: string, of: typeof ids])[] = [
  ['an ARN', { ...ids, keyId: `arn:aws:kms:eu-central-1:111122223333:key/${ids.keyId}` }],
  ['capitals', { ...ids, keyId: ids.keyId.toUpperCase() }],
  ['a short multi-Region id', { ...ids, keyId: 'mrk-00' }],
  ['a short material id', { ...ids, materialId: 'ab' }],
  ['a material id with other letters', { ...ids, materialId: 'zz'.repeat(32) }],
]

test('ciphertext: ids that the blob cannot hold are a bug', () => {
  for (const [name, of] of badIds) assert.throws(() => sealed(Buffer.alloc(1), {}, of), /not a key/, name)
  assert.equal(badIds.length, 5)
})
