// Goal: what a key spec can do is what AWS's table says.
// Method: AWS's table written out once more as rows, and every other combination is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeySpec, KeyUsageType } from '#models/kms.d.ts'
import { algorithmsOf, canBeMade, keySpecs } from './index.ts'

const usages = [
  'SIGN_VERIFY',
  'ENCRYPT_DECRYPT',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const satisfies readonly KeyUsageType[]

const rsaSigning =
  'RSASSA_PKCS1_V1_5_SHA_256 RSASSA_PKCS1_V1_5_SHA_384 RSASSA_PKCS1_V1_5_SHA_512 RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_384 RSASSA_PSS_SHA_512'

// Source: KMS Developer Guide, "Key spec reference".
const rows: readonly (readonly [KeySpec, Partial<Record<KeyUsageType, string>>])[] = [
  ['SYMMETRIC_DEFAULT', { ENCRYPT_DECRYPT: 'SYMMETRIC_DEFAULT' }],
  ['HMAC_224', { GENERATE_VERIFY_MAC: 'HMAC_SHA_224' }],
  ['HMAC_256', { GENERATE_VERIFY_MAC: 'HMAC_SHA_256' }],
  ['HMAC_384', { GENERATE_VERIFY_MAC: 'HMAC_SHA_384' }],
  ['HMAC_512', { GENERATE_VERIFY_MAC: 'HMAC_SHA_512' }],
  ['RSA_2048', { ENCRYPT_DECRYPT: 'RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256', SIGN_VERIFY: rsaSigning }],
  ['RSA_3072', { ENCRYPT_DECRYPT: 'RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256', SIGN_VERIFY: rsaSigning }],
  ['RSA_4096', { ENCRYPT_DECRYPT: 'RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256', SIGN_VERIFY: rsaSigning }],
  ['ECC_NIST_P256', { SIGN_VERIFY: 'ECDSA_SHA_256', KEY_AGREEMENT: 'ECDH' }],
  ['ECC_NIST_P384', { SIGN_VERIFY: 'ECDSA_SHA_384', KEY_AGREEMENT: 'ECDH' }],
  ['ECC_NIST_P521', { SIGN_VERIFY: 'ECDSA_SHA_512', KEY_AGREEMENT: 'ECDH' }],
  ['ECC_SECG_P256K1', { SIGN_VERIFY: 'ECDSA_SHA_256' }],
  ['ECC_NIST_EDWARDS25519', { SIGN_VERIFY: 'ED25519_SHA_512 ED25519_PH_SHA_512' }],
  ['ML_DSA_44', { SIGN_VERIFY: 'ML_DSA_SHAKE_256' }],
  ['ML_DSA_65', { SIGN_VERIFY: 'ML_DSA_SHAKE_256' }],
  ['ML_DSA_87', { SIGN_VERIFY: 'ML_DSA_SHAKE_256' }],
  ['ML_KEM_512', { ENCAPSULATE_DECAPSULATE: 'ML_KEM' }],
  ['ML_KEM_768', { ENCAPSULATE_DECAPSULATE: 'ML_KEM' }],
  ['ML_KEM_1024', { ENCAPSULATE_DECAPSULATE: 'ML_KEM' }],
  ['SM2', {}],
]

test('key specs: usages and algorithms', () => {
  let combinations = 0
  for (const [spec, want] of rows) {
    for (const usage of usages) {
      assert.equal(algorithmsOf(spec, usage).join(' '), want[usage] ?? '', `${spec} ${usage}`)
      combinations += 1
    }
  }
  assert.equal(combinations, 20 * 5)
  assert.deepEqual(Object.keys(keySpecs).sort(), rows.map(([spec]) => spec).sort())
})

test('key specs: only the symmetric one has a default usage; only SM2 is not to be had', () => {
  for (const [spec] of rows) {
    const want = spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : undefined
    assert.equal(keySpecs[spec].defaultUsage, want)
    assert.equal(canBeMade(spec), spec !== 'SM2')
    assert.equal(keySpecs[spec].isImportable, spec !== 'SM2')
  }
})
