// Goal: key material that was wrapped as AWS's documentation says unwraps, in each algorithm and with each wrapping key, and nothing
// else does; the combinations that AWS does not offer are told.
// Method: wrapped with node:crypto and with the openssl command, as users do; every byte changed; all combinations of specs.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AlgorithmSpec, KeySpec, WrappingKeySpec } from '#models/kms.d.ts'
import {
  generateMaterial,
  keySpecs,
  openMaterial,
  type PairMaterial,
  unwrap,
  wrappingProblem,
} from './index.ts'

const algorithms = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
] as const satisfies readonly AlgorithmSpec[]
const refusedAlgorithms = ['RSAES_PKCS1_V1_5', 'SM2PKE'] as const satisfies readonly AlgorithmSpec[]
const wrappingSpecs = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const satisfies readonly WrappingKeySpec[]

const wrappingKeys = new Map<KeySpec, PairMaterial>()
for (const spec of wrappingSpecs) {
  const material = openMaterial(spec, (await generateMaterial(spec, randomBytes)).reveal())
  wrappingKeys.set(spec, material.kind === 'pair' ? material : assert.fail(spec))
}
const keyOf = (spec: KeySpec): PairMaterial => wrappingKeys.get(spec) ?? assert.fail(spec)

function oaep(key: PairMaterial, algorithm: AlgorithmSpec, bytes: Buffer): Buffer {
  const oaepHash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256'
  return publicEncrypt({ key: key.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes)
}

function wrap(key: PairMaterial, algorithm: AlgorithmSpec, bytes: Buffer, aesKey = randomBytes(32)): Buffer {
  if (!algorithm.startsWith('RSA_AES')) return oaep(key, algorithm, bytes)
  const cipher = createCipheriv(`id-aes${aesKey.length * 8}-wrap-pad`, aesKey, Buffer.from('a65959a6', 'hex'))
  return Buffer.concat([oaep(key, algorithm, aesKey), cipher.update(bytes), cipher.final()])
}

test('wrapping: each algorithm with each wrapping key, and every kind of spoilt bytes', () => {
  let ran = 0
  for (const algorithm of algorithms) {
    for (const spec of wrappingSpecs) {
      const key = keyOf(spec)
      for (const bytes of [randomBytes(1), randomBytes(32), randomBytes(138)]) {
        const wrapped = wrap(key, algorithm, bytes)
        assert.deepEqual(unwrap(algorithm, key.privateKey, wrapped)?.reveal(), bytes)
        for (const at of [0, 1, 100, wrapped.length - 1]) {
          const changed = Buffer.from(wrapped)
          changed[at] = (changed[at] ?? 0) ^ 1
          assert.equal(unwrap(algorithm, key.privateKey, changed), undefined)
        }
        const bad = [
          Buffer.alloc(0),
          wrapped.subarray(0, -1),
          wrapped.subarray(0, 100),
          Buffer.concat([wrapped, Buffer.of(0)]),
        ]
        for (const one of bad) assert.equal(unwrap(algorithm, key.privateKey, one), undefined)
        for (const other of algorithms) {
          if (other !== algorithm) assert.equal(unwrap(other, key.privateKey, wrapped), undefined)
        }
        ran += 1
      }
    }
  }
  assert.equal(ran, 4 * 3 * 3)
})

test('wrapping: an AES key of another length, nothing inside, or the other wrapping key', () => {
  const key = keyOf('RSA_2048')
  const algorithm = 'RSA_AES_KEY_WRAP_SHA_256'
  for (const length of [16, 24]) {
    assert.equal(
      unwrap(algorithm, key.privateKey, wrap(key, algorithm, randomBytes(32), randomBytes(length))),
      undefined,
    )
  }
  assert.equal(unwrap(algorithm, key.privateKey, oaep(key, algorithm, randomBytes(32))), undefined)
  const rsa = wrap(key, algorithm, randomBytes(2400))
  assert.equal(unwrap(algorithm, key.privateKey, rsa)?.reveal().length, 2400)
  assert.equal(unwrap(algorithm, keyOf('RSA_3072').privateKey, rsa), undefined)
})

test('wrapping: what AWS does not offer is a bug to unwrap', () => {
  for (const algorithm of refusedAlgorithms) {
    assert.throws(
      () => unwrap(algorithm, keyOf('RSA_2048').privateKey, Buffer.alloc(256)),
      assert.AssertionError,
    )
  }
})

test('wrapping: every combination of key spec, algorithm and wrapping key spec', () => {
  const specs = Object.keys(keySpecs) as KeySpec[] // Object.keys knows no unions; the table's type has exactly these.
  const counts = { offered: 0, refused: 0 }
  for (const spec of specs) {
    for (const algorithm of [...algorithms, ...refusedAlgorithms]) {
      for (const wrapping of [...wrappingSpecs, 'SM2'] as const) {
        const problem = wrappingProblem(spec, algorithm, wrapping)
        // The rule once more, in one expression.
        const isSymmetric = spec === 'SYMMETRIC_DEFAULT' || spec.startsWith('HMAC')
        const isOffered =
          spec !== 'SM2' &&
          wrapping !== 'SM2' &&
          (algorithm.startsWith('RSA_AES')
            ? !isSymmetric
            : algorithm.startsWith('RSAES_OAEP') &&
              !spec.startsWith('RSA') &&
              !(spec === 'ECC_NIST_P521' && wrapping === 'RSA_2048'))
        assert.equal(problem === undefined, isOffered, `${spec} ${algorithm} ${wrapping}: ${problem}`)
        counts[isOffered ? 'offered' : 'refused'] += 1
      }
    }
  }
  // 14 asymmetric specs by RSA_AES, 16 specs that are not RSA by OAEP, less P-521 under RSA_2048.
  assert.deepEqual(counts, { offered: 14 * 2 * 3 + 16 * 2 * 3 - 2, refused: 20 * 6 * 4 - 178 })
})

test('wrapping: everything that is offered fits', async () => {
  for (const [spec, bytes] of [
    ['ECC_NIST_P384', 185],
    ['ML_KEM_1024', 86],
    ['HMAC_512', 64],
  ] as const) {
    const stored = (await generateMaterial(spec, randomBytes)).reveal()
    assert.equal(stored.length, bytes)
    const wrapped = wrap(keyOf('RSA_2048'), 'RSAES_OAEP_SHA_256', stored)
    assert.deepEqual(unwrap('RSAES_OAEP_SHA_256', keyOf('RSA_2048').privateKey, wrapped)?.reveal(), stored)
  }
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

test('wrapping: what the openssl command wrapped', { skip: !hasOpenssl }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-wrap-'))
  const path = (name: string): string => join(directory, name)
  try {
    const [material, aesKey] = [randomBytes(1218), randomBytes(32)]
    const key = keyOf('RSA_2048')
    writeFileSync(path('public.der'), key.publicKey.export({ format: 'der', type: 'spki' }))
    writeFileSync(path('material'), material)
    writeFileSync(path('aes'), aesKey)
    const oaepOptions = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256']
    const rsa = execFileSync('openssl', [
      ...[
        'pkeyutl',
        '-encrypt',
        '-pubin',
        '-keyform',
        'DER',
        '-inkey',
        path('public.der'),
        '-in',
        path('aes'),
      ],
      ...oaepOptions.flatMap((option) => ['-pkeyopt', option]),
    ])
    const aes = execFileSync('openssl', [
      ...[
        'enc',
        '-id-aes256-wrap-pad',
        '-iv',
        'A65959A6',
        '-K',
        aesKey.toString('hex'),
        '-in',
        path('material'),
      ],
    ])
    const unwrapped = unwrap('RSA_AES_KEY_WRAP_SHA_256', key.privateKey, Buffer.concat([rsa, aes]))
    assert.deepEqual(unwrapped?.reveal(), material)
    assert.deepEqual(unwrap('RSAES_OAEP_SHA_256', key.privateKey, rsa)?.reveal(), aesKey)
  } finally {
    rmSync(directory, { recursive: true })
  }
})
