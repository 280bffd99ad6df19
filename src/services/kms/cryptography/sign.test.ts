// Goal: every algorithm of every key spec signs and verifies every message type that it allows and no other, and a signature over a
// digest is one over the message.
// Method: the whole space of specs, algorithms and message types; each signature is verified in every way there is, by openssl too
// where it is installed.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { constants, createHash, privateEncrypt, publicDecrypt, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { KeySpec, MessageType, SigningAlgorithmSpec } from '#models/kms.d.ts'
import {
  algorithmsOf,
  canBeMade,
  generateMaterial,
  keySpecs,
  messageProblem,
  openMaterial,
  type PairMaterial,
  publicKeyOf,
  sign,
  verify,
} from './index.ts'
import { signingAlgorithms } from './signing-algorithms.ts'

const message = Buffer.from('a message to sign')
const messageTypes: readonly MessageType[] = ['RAW', 'DIGEST', 'EXTERNAL_MU']
// Object.keys knows no unions; the table's type has exactly these.
const algorithms = Object.keys(signingAlgorithms) as SigningAlgorithmSpec[]
const specs = (Object.keys(keySpecs) as KeySpec[]).filter(canBeMade)

const pairs = new Map<KeySpec, PairMaterial>()
async function pairOf(spec: KeySpec): Promise<PairMaterial> {
  const known = pairs.get(spec)
  if (known !== undefined) return known
  const secret = await generateMaterial(spec, randomBytes)
  const material = openMaterial(spec, secret.reveal())
  if (material.kind !== 'pair') return assert.fail(spec)
  pairs.set(spec, material)
  return material
}

/** What is sent for a message in each type. */
function sent(material: PairMaterial, algorithm: SigningAlgorithmSpec, type: MessageType): Buffer {
  if (type === 'RAW') return message
  if (type === 'EXTERNAL_MU') return muOf(publicKeyOf(material), message)
  return createHash(signingAlgorithms[algorithm].hash ?? 'sha512')
    .update(message)
    .digest()
}

/** FIPS 204, 6.2, line 6. The raw public key follows the 22 bytes of the SubjectPublicKeyInfo. */
function muOf(spki: Buffer, of: Buffer): Buffer {
  const shake = (bytes: Buffer): Buffer => createHash('shake256', { outputLength: 64 }).update(bytes).digest()
  return shake(Buffer.concat([shake(spki.subarray(22)), Buffer.of(0, 0), of]))
}

test('sign: every spec, algorithm and message type', async () => {
  let [signed, refused] = [0, 0]
  for (const spec of specs) {
    for (const algorithm of algorithms) {
      for (const type of messageTypes) {
        const isOfSpec = algorithmsOf(spec, 'SIGN_VERIFY').includes(algorithm)
        const isAllowed = signingAlgorithms[algorithm].messageTypes.includes(type)
        if (keySpecs[spec].algorithms.SIGN_VERIFY === undefined) continue
        const material = await pairOf(spec)
        const given = sent(material, algorithm, type)
        if (!isOfSpec || !isAllowed) {
          assert.throws(() => sign(material, algorithm, type, given, randomBytes), assert.AssertionError)
          assert.throws(
            () => verify(material, algorithm, type, given, Buffer.alloc(64)),
            assert.AssertionError,
          )
          refused += 1
          continue
        }
        const signature = sign(material, algorithm, type, given, randomBytes)
        for (const other of signingAlgorithms[algorithm].messageTypes) {
          const asOther = sent(material, algorithm, other)
          assert(
            verify(material, algorithm, other, asOther, signature),
            `${spec} ${algorithm} ${type} ${other}`,
          )
        }
        assertNothingElseVerifies(material, algorithm, type, given, signature)
        signed += 1
      }
    }
  }
  // 3 RSA specs of 6 algorithms and 4 curves of 1, each RAW and DIGEST; Ed25519 2; ML-DSA 3 of 2.
  assert.deepEqual([signed, refused], [36 + 8 + 2 + 6, 11 * 13 * 3 - 52])
})

function assertNothingElseVerifies(
  material: PairMaterial,
  algorithm: SigningAlgorithmSpec,
  type: MessageType,
  given: Buffer,
  signature: Buffer,
): void {
  const what = `${material.spec} ${algorithm} ${type}`
  const changedMessage = Buffer.from(given)
  changedMessage[3] = (changedMessage[3] ?? 0) ^ 1
  assert(!verify(material, algorithm, type, changedMessage, signature), `${what}: another message`)
  for (const at of [0, 1, 5, signature.length >> 1, signature.length - 1]) {
    const changed = Buffer.from(signature)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert(!verify(material, algorithm, type, given, changed), `${what}: byte ${at} changed`)
  }
  const bad = [
    Buffer.alloc(0),
    signature.subarray(0, -1),
    Buffer.concat([signature, Buffer.of(0)]),
    Buffer.concat([Buffer.of(0), signature]),
    Buffer.alloc(signature.length),
    Buffer.alloc(signature.length, 0xff),
  ]
  for (const one of bad)
    assert(!verify(material, algorithm, type, given, one), `${what}: ${one.length} bytes`)
}

const problems: readonly (readonly [
  SigningAlgorithmSpec,
  MessageType,
  length: number,
  want: RegExp | undefined,
])[] = [
  ['ECDSA_SHA_256', 'RAW', 0, undefined],
  ['ECDSA_SHA_256', 'RAW', 4096, undefined],
  ['ECDSA_SHA_256', 'RAW', 4097, /at most 4096/],
  ['ED25519_SHA_512', 'RAW', 4097, /at most 4096/],
  ['ECDSA_SHA_256', 'DIGEST', 32, undefined],
  ['ECDSA_SHA_256', 'DIGEST', 31, /invalid length for algorithm ECDSA_SHA_256/],
  ['ECDSA_SHA_256', 'DIGEST', 33, /invalid length/],
  ['ECDSA_SHA_384', 'DIGEST', 48, undefined],
  ['ECDSA_SHA_512', 'DIGEST', 48, /invalid length/],
  ['RSASSA_PSS_SHA_512', 'DIGEST', 64, undefined],
  ['RSASSA_PKCS1_V1_5_SHA_384', 'DIGEST', 32, /invalid length/],
  ['RSASSA_PSS_SHA_256', 'EXTERNAL_MU', 64, /EXTERNAL_MU is not supported/],
  ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 64, undefined],
  ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 63, /invalid length/],
  ['ML_DSA_SHAKE_256', 'DIGEST', 64, /DIGEST is not supported/],
  ['ED25519_SHA_512', 'DIGEST', 64, /DIGEST is not supported/],
  ['ED25519_PH_SHA_512', 'RAW', 64, /RAW is not supported/],
  ['ED25519_PH_SHA_512', 'DIGEST', 64, undefined],
  ['ED25519_PH_SHA_512', 'DIGEST', 32, /invalid length/],
  ['SM2DSA', 'RAW', 1, /RAW is not supported/],
]

test('sign: the limits of messages', () => {
  for (const [algorithm, type, length, want] of problems) {
    const problem = messageProblem(algorithm, type, Buffer.alloc(length))
    if (want === undefined) assert.equal(problem, undefined, `${algorithm} ${type} ${length}`)
    else assert.match(problem ?? '', want)
  }
  assert.equal(problems.length, 20)
})

test('sign: signing a digest takes fresh randomness each time', async () => {
  const cases: readonly (readonly [KeySpec, SigningAlgorithmSpec, MessageType])[] = [
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'DIGEST'],
    ['RSA_2048', 'RSASSA_PSS_SHA_256', 'DIGEST'],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'EXTERNAL_MU'],
  ]
  for (const [spec, algorithm, type] of cases) {
    const material = await pairOf(spec)
    const given = sent(material, algorithm, type)
    const [one, other] = [1, 2].map(() => sign(material, algorithm, type, given, randomBytes))
    assert.notDeepEqual(one, other, spec)
  }
  assert.equal(cases.length, 3)
})

test('sign: an RSA signature without its leading zero, and a PSS block with its highest bit set, are none', async () => {
  const material = await pairOf('RSA_2048')
  const { privateKey, publicKey } = material
  const padding = constants.RSA_NO_PADDING
  const digest = createHash('sha256').update(message).digest()
  const made = (): Buffer => sign(material, 'RSASSA_PSS_SHA_256', 'DIGEST', digest, randomBytes)
  let signature = made()
  while (signature[0] !== 0) signature = made() // One in 256.
  assert(verify(material, 'RSASSA_PSS_SHA_256', 'DIGEST', digest, signature))
  assert(!verify(material, 'RSASSA_PSS_SHA_256', 'DIGEST', digest, signature.subarray(1)))

  let block = publicDecrypt({ key: publicKey, padding }, signature)
  // With the bit set it must still be below the modulus, which begins with 0x90 or more: the two highest bits of its primes are set.
  while ((block[0] ?? 0) > 0x0f) block = publicDecrypt({ key: publicKey, padding }, made())
  assert(
    verify(
      material,
      'RSASSA_PSS_SHA_256',
      'DIGEST',
      digest,
      privateEncrypt({ key: privateKey, padding }, block),
    ),
  )
  block[0] = (block[0] ?? 0) | 0x80
  const withBit = privateEncrypt({ key: privateKey, padding }, block)
  assert(!verify(material, 'RSASSA_PSS_SHA_256', 'DIGEST', digest, withBit))
  assert(!verify(material, 'RSASSA_PSS_SHA_256', 'RAW', message, withBit))
})

test('sign: Ed25519ph, the vector of RFC 8032, 7.3', () => {
  const seed = Buffer.from('833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42', 'hex')
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const material = openMaterial('ECC_NIST_EDWARDS25519', pkcs8)
  if (material.kind !== 'pair') return assert.fail()
  const digest = createHash('sha512').update('abc').digest()
  const signature = sign(material, 'ED25519_PH_SHA_512', 'DIGEST', digest, randomBytes)
  assert.equal(
    signature.toString('hex'),
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41' +
      '31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
  )
  assert(verify(material, 'ED25519_PH_SHA_512', 'DIGEST', digest, signature))
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

test(
  'sign: openssl verifies signatures over digests, and its own verify here',
  { skip: !hasOpenssl },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'redoubt-sign-'))
    const path = (name: string): string => join(directory, name)
    let ran = 0
    try {
      for (const spec of specs) {
        for (const algorithm of algorithmsOf(spec, 'SIGN_VERIFY')) {
          const { scheme, hash } = signingAlgorithms[algorithm]
          if (hash === undefined || scheme === 'ed25519ph') continue // Not in every openssl that is about.
          const material = await pairOf(spec)
          const digest = sent(material, algorithm, 'DIGEST')
          writeFileSync(path('digest'), digest)
          writeFileSync(path('key.pem'), material.privateKey.export({ format: 'pem', type: 'pkcs8' }))
          writeFileSync(path('signature'), sign(material, algorithm, 'DIGEST', digest, randomBytes))
          const options = [`digest:${hash}`]
          if (scheme === 'pss') options.push('rsa_padding_mode:pss', 'rsa_pss_saltlen:digest')
          const common = ['pkeyutl', '-inkey', path('key.pem'), '-in', path('digest')]
          common.push(...options.flatMap((option) => ['-pkeyopt', option]))
          execFileSync('openssl', [...common, '-verify', '-sigfile', path('signature')])
          const theirs = execFileSync('openssl', [...common, '-sign'])
          assert(verify(material, algorithm, 'DIGEST', digest, theirs), `${spec} ${algorithm}`)
          assert(verify(material, algorithm, 'RAW', message, theirs), `${spec} ${algorithm}`)
          ran += 1
        }
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
    assert.equal(ran, 3 * 6 + 4)
  },
)
