// Goal: RSA encryption, MACs, key agreement and encapsulation keep AWS's limits, and refuse what is not theirs without throwing.
// Method: every spec with every algorithm, at and beyond each limit; two parties that must agree; changed bytes.
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EncryptionAlgorithmSpec, KeySpec, MacAlgorithmSpec } from '#models/kms.d.ts'
import {
  decapsulate,
  decryptRsa,
  deriveSharedSecret,
  encapsulate,
  encryptRsa,
  generateMac,
  generateMaterial,
  openMaterial,
  type PairMaterial,
  plaintextBytesMax,
  publicKeyOf,
  verifyMac,
} from './index.ts'

async function pairOf(spec: KeySpec): Promise<PairMaterial> {
  const material = openMaterial(spec, (await generateMaterial(spec, randomBytes)).reveal())
  return material.kind === 'pair' ? material : assert.fail(spec)
}

function changedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

// Source: KMS API Reference, Encrypt.
const limits: readonly (readonly [KeySpec, EncryptionAlgorithmSpec, bytesMax: number])[] = [
  ['RSA_2048', 'RSAES_OAEP_SHA_1', 214],
  ['RSA_2048', 'RSAES_OAEP_SHA_256', 190],
  ['RSA_3072', 'RSAES_OAEP_SHA_1', 342],
  ['RSA_3072', 'RSAES_OAEP_SHA_256', 318],
  ['RSA_4096', 'RSAES_OAEP_SHA_1', 470],
  ['RSA_4096', 'RSAES_OAEP_SHA_256', 446],
]

test('RSA encryption: up to the limit of each size and hash, and not a byte more', async () => {
  const pairs = new Map<KeySpec, PairMaterial>()
  for (const [spec, algorithm, bytesMax] of limits) {
    const material = pairs.get(spec) ?? (await pairOf(spec))
    pairs.set(spec, material)
    assert.equal(plaintextBytesMax(spec, algorithm), bytesMax)
    for (const length of [1, bytesMax]) {
      const plaintext = randomBytes(length)
      const ciphertext = encryptRsa(material, algorithm, plaintext)
      assert.deepEqual(decryptRsa(material, algorithm, ciphertext), plaintext)
      const other = algorithm === 'RSAES_OAEP_SHA_1' ? 'RSAES_OAEP_SHA_256' : 'RSAES_OAEP_SHA_1'
      assert.equal(decryptRsa(material, other, ciphertext), undefined)
      for (const bad of [
        changedAt(ciphertext, 9),
        ciphertext.subarray(1),
        Buffer.concat([Buffer.of(0), ciphertext]),
        Buffer.alloc(ciphertext.length, 0xff),
        Buffer.alloc(0),
      ]) {
        assert.equal(decryptRsa(material, algorithm, bad), undefined)
      }
    }
    assert.throws(() => encryptRsa(material, algorithm, Buffer.alloc(bytesMax + 1)), assert.AssertionError)
  }
  assert.equal(limits.length, 6)
  assert.equal(plaintextBytesMax('SYMMETRIC_DEFAULT', 'SYMMETRIC_DEFAULT'), 4096)
  assert.equal(plaintextBytesMax('SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1'), undefined)
  assert.equal(plaintextBytesMax('RSA_2048', 'SYMMETRIC_DEFAULT'), undefined)
  assert.equal(plaintextBytesMax('ECC_NIST_P256', 'RSAES_OAEP_SHA_1'), undefined)
})

const macs: readonly (readonly [KeySpec, MacAlgorithmSpec, hash: string, bytes: number])[] = [
  ['HMAC_224', 'HMAC_SHA_224', 'sha224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 'sha256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 'sha384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 'sha512', 64],
]

test('MAC: each spec has its one algorithm; any change is refused', async () => {
  let refused = 0
  for (const [spec, algorithm, hash, bytes] of macs) {
    const stored = (await generateMaterial(spec, randomBytes)).reveal()
    const material = openMaterial(spec, stored)
    if (material.kind !== 'hmac') return assert.fail(spec)
    const message = Buffer.from('a message')
    const mac = generateMac(material, algorithm, message)
    assert.equal(mac.length, bytes)
    assert.deepEqual(mac, createHmac(hash, stored).update(message).digest())
    assert(verifyMac(material, algorithm, message, mac))
    for (let at = 0; at < mac.length; at += 1)
      assert(!verifyMac(material, algorithm, message, changedAt(mac, at)))
    assert(!verifyMac(material, algorithm, Buffer.from('another'), mac))
    assert(!verifyMac(material, algorithm, message, mac.subarray(0, -1)))
    assert(!verifyMac(material, algorithm, message, Buffer.concat([mac, Buffer.of(0)])))
    assert(!verifyMac(material, algorithm, message, Buffer.alloc(0)))
    for (const [, other] of macs) {
      if (other === algorithm) continue
      assert.throws(() => generateMac(material, other, message), assert.AssertionError)
      refused += 1
    }
  }
  assert.equal(refused, 12)
})

/** The third way of writing a point (X9.62, 4.3.6), which OpenSSL reads: whole, with its sign in the first byte. */
function hybrid(spki: Buffer): Buffer {
  const written = Buffer.from(spki)
  const pointStart = spki.lastIndexOf(Buffer.of(0, 4), 27) + 1
  written[pointStart] = 6 + ((spki.at(-1) ?? 0) & 1)
  return written
}

const curves = ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'] as const satisfies readonly KeySpec[]

test('key agreement: two parties agree; a key of another curve or kind is refused', async () => {
  const [p256, p384, p521] = await Promise.all(curves.map(pairOf))
  const others = [
    ...[p256, p384, p521].map((one) => publicKeyOf(one ?? assert.fail())),
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }),
    generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'der', type: 'spki' }),
    Buffer.alloc(0),
    Buffer.alloc(91, 0x30),
  ]
  let refused = 0
  for (const spec of curves) {
    const [alice, bob] = [await pairOf(spec), await pairOf(spec)]
    const secret = deriveSharedSecret(alice, publicKeyOf(bob))
    assert.equal(secret?.length, { ECC_NIST_P256: 32, ECC_NIST_P384: 48, ECC_NIST_P521: 66 }[spec])
    assert.deepEqual(secret, deriveSharedSecret(bob, publicKeyOf(alice)))
    const spki = publicKeyOf(bob)
    for (const bad of [
      changedAt(spki, spki.length - 1), // Not on the curve.
      changedAt(spki, 22), // In what stands before the point.
      hybrid(spki),
      Buffer.concat([spki, Buffer.of(0)]),
      spki.subarray(0, -1),
      bob.privateKey.export({ format: 'der', type: 'pkcs8' }),
      ...others.filter(
        (other) => other.length !== spki.length || !other.subarray(0, 20).equals(spki.subarray(0, 20)),
      ),
    ]) {
      assert.equal(deriveSharedSecret(alice, bad), undefined, `${spec}: ${bad.toString('hex')}`)
      refused += 1
    }
  }
  assert.equal(refused, 3 * (6 + 7))
})

test('key agreement: a signing curve that AWS has no agreement for is a bug', async () => {
  const material = await pairOf('ECC_SECG_P256K1')
  assert.throws(() => deriveSharedSecret(material, publicKeyOf(material)), assert.AssertionError)
})

const kems: readonly (readonly [KeySpec, ciphertextBytes: number])[] = [
  ['ML_KEM_512', 768],
  ['ML_KEM_768', 1088],
  ['ML_KEM_1024', 1568],
]

for (const [spec, ciphertextBytes] of kems) {
  test(`encapsulation: ${spec}`, async () => {
    const [material, stranger] = [await pairOf(spec), await pairOf(spec)]
    const { sharedSecret, ciphertext } = encapsulate(material)
    assert.deepEqual([sharedSecret.length, ciphertext.length], [32, ciphertextBytes])
    assert.deepEqual(decapsulate(material, ciphertext), sharedSecret)
    assert.notDeepEqual(encapsulate(material).sharedSecret, sharedSecret)
    // Implicit rejection: another secret, always the same, never an error.
    const other = decapsulate(stranger, ciphertext)
    assert.equal(other?.length, 32)
    assert.notDeepEqual(other, sharedSecret)
    const changed = changedAt(ciphertext, 5)
    assert.notDeepEqual(decapsulate(material, changed), sharedSecret)
    assert.deepEqual(decapsulate(material, changed), decapsulate(material, changed))
    for (const length of [0, 1, ciphertextBytes - 1, ciphertextBytes + 1]) {
      assert.equal(decapsulate(material, Buffer.alloc(length)), undefined)
    }
  })
}

test('encapsulation: every spec has its row; another kind of key is a bug', async () => {
  assert.equal(kems.length, 3)
  const material = await pairOf('ECC_NIST_P256')
  assert.throws(() => encapsulate(material), assert.AssertionError)
  assert.throws(() => decapsulate(material, Buffer.alloc(768)), assert.AssertionError)
})

test('RSA decryption: a ciphertext without its leading zero is another one', async () => {
  const material = await pairOf('RSA_2048')
  const made = (): Buffer => encryptRsa(material, 'RSAES_OAEP_SHA_256', Buffer.from('x'))
  let ciphertext = made()
  while (ciphertext[0] !== 0) ciphertext = made() // One in 256.
  assert.equal(decryptRsa(material, 'RSAES_OAEP_SHA_256', ciphertext)?.toString(), 'x')
  assert.equal(decryptRsa(material, 'RSAES_OAEP_SHA_256', ciphertext.subarray(1)), undefined)
})

test('RSA decryption: no bytes make it throw', async () => {
  const material = await pairOf('RSA_2048')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(decryptRsa(material, 'RSAES_OAEP_SHA_256', bytes), undefined)
    }),
  )
})
