// Goal: key material is made in the form that is stored, opens again, and is imported only when it is a proper key of its spec.
// Method: every spec is made, opened and imported; each is offered to every other spec; keys spoilt in one part each as rows.
import assert from 'node:assert/strict'
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { test } from 'node:test'
import type { KeySpec } from '#models/kms.d.ts'
import {
  canBeMade,
  generateMaterial,
  importedMaterial,
  keySpecs,
  openMaterial,
  publicKeyOf,
} from './index.ts'

// Object.keys knows no unions; the table's type has exactly these.
const specs = (Object.keys(keySpecs) as KeySpec[]).filter(canBeMade)
const made = new Map<KeySpec, Buffer>()
for (const spec of specs) made.set(spec, (await generateMaterial(spec, randomBytes)).reveal())

function storedOf(spec: KeySpec): Buffer {
  return made.get(spec) ?? assert.fail(spec)
}

function derOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' })
}

/** Units: bytes. Of elliptic curves and RSA the usual PKCS#8; of the post-quantum algorithms the seed form. */
const storedBytes: Partial<Record<KeySpec, number>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
  ECC_NIST_P256: 138,
  ECC_NIST_P384: 185,
  ECC_NIST_P521: 241,
  ECC_SECG_P256K1: 135,
  ECC_NIST_EDWARDS25519: 48,
  ML_DSA_44: 54,
  ML_DSA_65: 54,
  ML_DSA_87: 54,
  ML_KEM_512: 86,
  ML_KEM_768: 86,
  ML_KEM_1024: 86,
}

test('material: what is made opens, has its public key, and is imported as it is', () => {
  assert.equal(specs.length, 19)
  for (const spec of specs) {
    const stored = storedOf(spec)
    if (storedBytes[spec] !== undefined) assert.equal(stored.length, storedBytes[spec], spec)
    const material = openMaterial(spec, stored)
    assert.deepEqual(importedMaterial(spec, stored)?.reveal(), stored, spec)
    if (material.kind !== 'pair') continue
    const publicKey = createPublicKey({ key: publicKeyOf(material), format: 'der', type: 'spki' })
    assert(publicKey.equals(createPublicKey(material.privateKey)), spec)
  }
})

test('material: every key is another', async () => {
  for (const spec of specs) {
    if (spec === 'RSA_4096' || spec === 'RSA_3072') continue // Slow, and made as RSA_2048 is.
    assert.notDeepEqual((await generateMaterial(spec, randomBytes)).reveal(), storedOf(spec), spec)
  }
})

test('material: seeds and symmetric keys come from the given randomness', async () => {
  const fixed = (length: number): Buffer => Buffer.alloc(length, 7)
  for (const spec of specs) {
    const { kind } = keySpecs[spec].form
    if (kind === 'rsa' || kind === 'ec') continue
    const [one, other] = [await generateMaterial(spec, fixed), await generateMaterial(spec, fixed)]
    assert.deepEqual(one.reveal(), other.reveal(), spec)
    assert(
      one
        .reveal()
        .subarray(-28)
        .every((byte) => byte === 7),
    )
  }
})

test('material: a spec that cannot be made is neither made, opened nor imported', async () => {
  assert.equal(canBeMade('SM2'), false)
  await assert.rejects(generateMaterial('SM2', randomBytes), /cannot be made/)
  assert.throws(() => openMaterial('SM2', Buffer.alloc(32)), /there is no SM2/)
  assert.equal(importedMaterial('SM2', storedOf('ECC_NIST_P256')), undefined)
})

test('material: a key of one spec is no key of another', () => {
  let refused = 0
  for (const spec of specs) {
    for (const other of specs) {
      if (spec === other) continue
      // 32 random bytes are a key for both.
      const isSameForm = [spec, other].every((one) => one === 'SYMMETRIC_DEFAULT' || one === 'HMAC_256')
      const secret = importedMaterial(other, storedOf(spec))
      // 48 bytes and 64 can be keys of HMAC whatever they were; everything else is told.
      const bytes = storedOf(spec).length
      const { form } = keySpecs[other]
      const isRightLength = (form.kind === 'aes' || form.kind === 'hmac') && form.bytes === bytes
      assert.equal(secret !== undefined, isSameForm || isRightLength, `${spec} as ${other}`)
      if (secret === undefined) refused += 1
    }
  }
  // Of 342 pairs: AES and HMAC_256 in both directions, and Ed25519's 48 bytes as HMAC_384.
  assert.equal(refused, 19 * 18 - 3)
})

function withJwk(spec: KeySpec, changes: Readonly<Record<string, string>>): Buffer {
  const key = createPrivateKey({ key: storedOf(spec), format: 'der', type: 'pkcs8' })
  return derOf(createPrivateKey({ key: { ...key.export({ format: 'jwk' }), ...changes }, format: 'jwk' }))
}

function numberOf(spec: KeySpec, name: 'p' | 'q' | 'd' | 'dp' | 'dq' | 'qi' | 'n', add = 0n): string {
  const key = createPrivateKey({ key: storedOf(spec), format: 'der', type: 'pkcs8' })
  const value = BigInt(
    `0x${Buffer.from(key.export({ format: 'jwk' })[name] ?? '', 'base64url').toString('hex')}`,
  )
  return base64urlOf(value + add)
}

function prime(bits: number): bigint {
  return generatePrimeSync(bits, { bigint: true }) // Its two highest bits are set, so that products have all their bits.
}

function inverse(of: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [of % modulus, modulus, 1n, 0n]
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return a === 1n ? ((x % modulus) + modulus) % modulus : assert.fail('no inverse')
}

function base64urlOf(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}

/** A key whose numbers fit each other as if both factors were primes. */
function rsaOf(p: bigint, q: bigint, e: bigint): Buffer {
  const d = inverse(e, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const texts = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64urlOf(value)]))
  return derOf(createPrivateKey({ key: { kty: 'RSA', ...texts }, format: 'jwk' }))
}

/** With the exponents that belong to them and this key's private exponent, so that OpenSSL signs and hides it. */
function primesOfAnother(): Readonly<Record<string, string>> {
  const [p, q] = [prime(1024), prime(1024)]
  const d = BigInt(`0x${Buffer.from(numberOf('RSA_2048', 'd'), 'base64url').toString('hex')}`)
  const numbers = { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64urlOf(value)]))
}

function changedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  const index = at < 0 ? bytes.length + at : at
  changed[index] = (changed[index] ?? 0) ^ 1
  return changed
}

function ecWithScalar(scalar: Buffer): Buffer {
  const start = '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'
  return Buffer.concat([Buffer.from(start, 'hex'), scalar])
}

const p256Order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsaOther = generateKeyPairSync('rsa', { modulusLength: 2048 })

const spoilt: readonly (readonly [name: string, spec: KeySpec, bytes: () => Buffer])[] = [
  ['nothing', 'ECC_NIST_P256', () => Buffer.alloc(0)],
  ['one byte too many', 'SYMMETRIC_DEFAULT', () => Buffer.alloc(33)],
  ['one byte too few', 'SYMMETRIC_DEFAULT', () => Buffer.alloc(31)],
  ['a short HMAC key', 'HMAC_512', () => Buffer.alloc(63)],
  [
    'a byte behind the structure',
    'ECC_NIST_P256',
    () => Buffer.concat([storedOf('ECC_NIST_P256'), Buffer.of(0)]),
  ],
  ['a byte behind an RSA key', 'RSA_2048', () => Buffer.concat([storedOf('RSA_2048'), Buffer.of(0)])],
  ['a structure cut short', 'RSA_2048', () => storedOf('RSA_2048').subarray(0, -1)],
  ['a public key', 'RSA_2048', () => rsaOther.publicKey.export({ format: 'der', type: 'spki' })],
  ['PKCS#1', 'RSA_2048', () => rsaOther.privateKey.export({ format: 'der', type: 'pkcs1' })],
  ['SEC1', 'ECC_NIST_P256', () => sec1.privateKey.export({ format: 'der', type: 'sec1' })],
  ['PEM', 'ECC_NIST_P256', () => Buffer.from(sec1.privateKey.export({ format: 'pem', type: 'pkcs8' }))],
  [
    'an encrypted key',
    'ECC_NIST_P256',
    () => sec1.privateKey.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }),
  ],
  ['RSA-PSS', 'RSA_2048', () => derOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey)],
  [
    'RSA of 2056 bits',
    'RSA_2048',
    () => derOf(generateKeyPairSync('rsa', { modulusLength: 2056 }).privateKey),
  ],
  [
    'a small public exponent',
    'RSA_2048',
    () => derOf(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey),
  ],
  ['another private exponent', 'RSA_2048', () => withJwk('RSA_2048', { d: numberOf('RSA_2048', 'd', 2n) })],
  ['another prime', 'RSA_2048', () => withJwk('RSA_2048', { p: numberOf('RSA_2048', 'p', 2n) })],
  ['another dp', 'RSA_2048', () => withJwk('RSA_2048', { dp: numberOf('RSA_2048', 'dp', 2n) })],
  ['another dq', 'RSA_2048', () => withJwk('RSA_2048', { dq: numberOf('RSA_2048', 'dq', 2n) })],
  ['one of no factors', 'RSA_2048', () => withJwk('RSA_2048', { p: 'AQ', q: numberOf('RSA_2048', 'n') })],
  ["another key's primes", 'RSA_2048', () => withJwk('RSA_2048', primesOfAnother())],
  ['a factor that is no prime', 'RSA_2048', () => rsaOf(prime(512) * prime(512), prime(1024), 65537n)],
  ['a huge public exponent', 'RSA_2048', () => rsaOf(prime(1024), prime(1024), prime(264))],
  ['another coefficient', 'RSA_2048', () => withJwk('RSA_2048', { qi: numberOf('RSA_2048', 'qi', 1n) })],
  ['a scalar of zero', 'ECC_NIST_P256', () => ecWithScalar(Buffer.alloc(32))],
  ['the order as scalar', 'ECC_NIST_P256', () => ecWithScalar(p256Order)],
  ['a public point that is not the scalar’s', 'ECC_NIST_P256', () => otherPoint()],
  ['a changed OID', 'ECC_NIST_P256', () => changedAt(storedOf('ECC_NIST_P256'), 25)],
  ['X25519', 'ECC_NIST_EDWARDS25519', () => derOf(generateKeyPairSync('x25519').privateKey)],
  ['Ed448', 'ECC_NIST_EDWARDS25519', () => derOf(generateKeyPairSync('ed448').privateKey)],
  ['a short seed', 'ML_DSA_44', () => storedOf('ML_DSA_44').subarray(0, -1)],
  ['a seed beside the expanded key of another', 'ML_DSA_44', () => changedAt(expanded('ml-dsa-44'), -1)],
  ['the expanded key alone', 'ML_DSA_44', () => expandedAlone()],
]

function otherPoint(): Buffer {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'raw-public' })
  return Buffer.concat([storedOf('ECC_NIST_P256').subarray(0, -other.length), other])
}

function expanded(name: 'ml-dsa-44'): Buffer {
  return derOf(generateKeyPairSync(name).privateKey)
}

/** RFC 9881, 6: the choice that is an OCTET STRING, cut out of the one that holds both. */
function expandedAlone(): Buffer {
  const both = expanded('ml-dsa-44')
  const key = both.subarray(-(2560 + 4)) // An OCTET STRING of 2560 bytes, with its four bytes of tag and length.
  const algorithm = both.subarray(4, 4 + 3 + 13)
  const outer = Buffer.alloc(4)
  outer.writeUInt16BE(0x0482)
  outer.writeUInt16BE(key.length, 2)
  const body = Buffer.concat([algorithm, outer, key])
  const sequence = Buffer.alloc(4)
  sequence.writeUInt16BE(0x3082)
  sequence.writeUInt16BE(body.length, 2)
  return Buffer.concat([sequence, body])
}

for (const [name, spec, bytes] of spoilt) {
  test(`material: ${name} is not imported as ${spec}`, () => {
    assert.equal(importedMaterial(spec, bytes()), undefined)
  })
}

test('material: the same structures are imported when nothing is spoilt', () => {
  assert.equal(spoilt.length, 33)
  assert(importedMaterial('RSA_2048', rsaOf(prime(1024), prime(1024), 65537n)))
  assert(importedMaterial('RSA_2048', withJwk('RSA_2048', {})))
  assert(importedMaterial('ECC_NIST_P256', ecWithScalar(Buffer.alloc(32, 1))))
  assert(importedMaterial('ML_DSA_44', expanded('ml-dsa-44')))
  const alone = createPrivateKey({ key: expandedAlone(), format: 'der', type: 'pkcs8' })
  assert.equal(alone.asymmetricKeyType, 'ml-dsa-44')
})

test('material: an EC key without its public key, and a post-quantum key with more than its seed, become the stored form', () => {
  const ec = importedMaterial('ECC_NIST_P256', ecWithScalar(Buffer.alloc(32, 1)))
  assert.equal(ec?.reveal().length, 138)
  assert.equal(importedMaterial('ML_DSA_44', expanded('ml-dsa-44'))?.reveal().length, 54)
  const kem = generateKeyPairSync('ml-kem-768')
  assert.equal(importedMaterial('ML_KEM_768', derOf(kem.privateKey))?.reveal().length, 86)
})
