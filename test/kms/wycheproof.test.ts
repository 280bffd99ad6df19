// Goal: what KMS verifies, decrypts, derives and unwraps is what Wycheproof's vectors say, and nothing else.
// Method: every file has a row that says what to do with a vector and how many run, how many have no meaning here, and of the
// vectors that Wycheproof leaves to the implementation ("acceptable") how many are taken. Signatures are verified twice: over the
// whole message (OpenSSL) and over its digest (the digest files of this project).
import assert from 'node:assert/strict'
import { createHash, createPublicKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { KeySpec, MacAlgorithmSpec, SigningAlgorithmSpec } from '#models/kms.d.ts'
import { unwrapAesKwp } from '#services/kms/cryptography/aes-key-wrap.ts'
import {
  decapsulate,
  decryptRsa,
  deriveSharedSecret,
  importedMaterial,
  openMaterial,
  type PairMaterial,
  type PublicMaterial,
  publicKeyOf,
  sign,
  verify,
  verifyMac,
} from '#services/kms/cryptography/index.ts'
import { seedPkcs8 } from '#services/kms/cryptography/seed-keys.ts'
import { ecPkcs8 } from './ec-pkcs8.ts'

interface Vector {
  readonly tcId: number
  readonly flags: readonly string[]
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly [member: string]: unknown
}
interface Group {
  readonly tests: readonly Vector[]
  readonly [member: string]: unknown
}

/** What a vector came to: taken or not; or that it has no meaning here. */
type Outcome = boolean | 'left out'
type Try = (vector: Vector, group: Group) => Outcome

const folder = `${import.meta.dirname}/../vectors/wycheproof`

function bytes(of: Vector | Group, name: string): Buffer {
  const value = of[name]
  assert(typeof value === 'string', `${name} is missing`)
  return Buffer.from(value, 'hex')
}

/** A key pair as ImportKeyMaterial would take it. */
function imported(spec: KeySpec, pkcs8: Buffer): PairMaterial | undefined {
  const secret = importedMaterial(spec, pkcs8)
  const material = secret && openMaterial(spec, secret.reveal())
  if (material !== undefined && material.kind !== 'pair') assert.fail(spec)
  return material
}

function publicMaterial(spec: KeySpec, spki: Buffer): PublicMaterial {
  return { spec, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) }
}

/** Both ways must agree before their answer counts. */
function signature(spec: KeySpec, algorithm: SigningAlgorithmSpec, hash?: string): Try {
  return (vector, group) => {
    const material = publicMaterial(spec, bytes(group, 'publicKeyDer'))
    const [message, signed] = [bytes(vector, 'msg'), bytes(vector, 'sig')]
    const whole = verify(material, algorithm, 'RAW', message, signed)
    if (hash !== undefined) {
      const digest = createHash(hash).update(message).digest()
      const byDigest = verify(material, algorithm, 'DIGEST', digest, signed)
      assert.equal(byDigest, whole, `tcId ${vector.tcId}: the message says ${whole}, its digest ${byDigest}`)
    }
    return whole
  }
}

function mac(spec: KeySpec, algorithm: MacAlgorithmSpec, keyBytes: number): Try {
  return (vector) => {
    const key = importedMaterial(spec, bytes(vector, 'key'))
    if (bytes(vector, 'key').length !== keyBytes) {
      assert.equal(key, undefined) // KMS has one key length a spec.
      return 'left out'
    }
    assert(key !== undefined)
    const material = openMaterial(spec, key.reveal())
    assert(material.kind === 'hmac')
    const [message, tag] = [bytes(vector, 'msg'), bytes(vector, 'tag')]
    const isRight = verifyMac(material, algorithm, message, tag)
    if (tag.length === keyBytes) return isRight
    assert.equal(isRight, false) // Some agree on truncated tags; KMS does not.
    return 'left out'
  }
}

function oaep(spec: KeySpec, algorithm: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'): Try {
  return (vector, group) => {
    if (bytes(vector, 'label').length > 0) return 'left out' // KMS has no labels.
    const material = imported(spec, bytes(group, 'privateKeyPkcs8'))
    assert(material !== undefined)
    const plaintext = decryptRsa(material, algorithm, bytes(vector, 'ct'))
    return plaintext !== undefined && plaintext.equals(bytes(vector, 'msg'))
  }
}

function ecdh(spec: KeySpec, curve: string, keyBytes: number): Try {
  return (vector) => {
    const scalar = bytes(vector, 'private')
    // Wycheproof writes integers: with a zero in front of a high bit, and without leading zeros.
    const padded = Buffer.concat([Buffer.alloc(keyBytes), scalar]).subarray(-keyBytes)
    const material = imported(spec, ecPkcs8(curve, padded))
    if (material === undefined) return false
    return deriveSharedSecret(material, bytes(vector, 'public'))?.equals(bytes(vector, 'shared')) ?? false
  }
}

function mlDsaVerify(spec: KeySpec, spkiStart: string): Try {
  return (vector, group) => {
    if (vector['ctx'] !== undefined) return 'left out' // KMS signs with the empty context alone.
    const start = Buffer.from(spkiStart, 'hex')
    const publicKey = bytes(group, 'publicKey')
    // The start says how long the key is; a key of another length is not one.
    if (publicKey.length !== start.readUInt16BE(start.length - 3) - 1) return false
    const material = publicMaterial(spec, Buffer.concat([start, publicKey]))
    const [message, signed] = [bytes(vector, 'msg'), bytes(vector, 'sig')]
    const whole = verify(material, 'ML_DSA_SHAKE_256', 'RAW', message, signed)
    const byMu = verify(material, 'ML_DSA_SHAKE_256', 'EXTERNAL_MU', muOf(publicKey, message), signed)
    assert.equal(byMu, whole, `tcId ${vector.tcId}`)
    return whole
  }
}

/** FIPS 204, 6.2, line 6, for the empty context. */
function muOf(publicKey: Buffer, message: Buffer): Buffer {
  const shake = (...parts: readonly Buffer[]): Buffer =>
    createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest()
  return shake(shake(publicKey), Buffer.of(0, 0), message)
}

function mlDsaSign(spec: KeySpec, name: 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'): Try {
  return (vector, group) => {
    const seed = bytes(group, 'privateSeed')
    const pkcs8 =
      typeof group['privateKeyPkcs8'] === 'string'
        ? bytes(group, 'privateKeyPkcs8')
        : seedPkcs8({ kind: 'ml-dsa', name }, seed)
    const material = imported(spec, pkcs8)
    if (material === undefined) return false
    const spki = publicKeyOf(material)
    const publicKey = bytes(group, 'publicKey')
    assert(spki.subarray(-publicKey.length).equals(publicKey), `tcId ${vector.tcId}: another public key`)
    if (vector['mu'] === undefined) return 'left out' // A context too long to sign with.
    const mu = bytes(vector, 'mu')
    const known = verify(material, 'ML_DSA_SHAKE_256', 'EXTERNAL_MU', mu, bytes(vector, 'sig'))
    // Without randomness (zeros) the signature is the vector's own, unless the vector was made with other randomness.
    const made = sign(material, 'ML_DSA_SHAKE_256', 'EXTERNAL_MU', mu, (length) => Buffer.alloc(length))
    if (!vector.flags.includes('Randomized')) assert.equal(made.toString('hex'), vector['sig'])
    if (vector['msg'] !== undefined && vector['ctx'] === undefined) {
      const message = bytes(vector, 'msg')
      assert(mu.equals(muOf(publicKey, message)))
      assert(verify(material, 'ML_DSA_SHAKE_256', 'RAW', message, made))
    }
    return known
  }
}

function mlKem(
  spec: KeySpec,
  name: 'ml-kem-512' | 'ml-kem-768' | 'ml-kem-1024',
  ciphertextBytes: number,
): Try {
  return (vector) => {
    const material = imported(
      spec,
      seedPkcs8({ kind: 'ml-kem', name, ciphertextBytes }, bytes(vector, 'seed')),
    )
    if (material === undefined) return false
    return decapsulate(material, bytes(vector, 'c'))?.equals(bytes(vector, 'K')) ?? false
  }
}

const keyWrap: Try = (vector) => {
  const key = bytes(vector, 'key')
  if (key.length !== 32) return 'left out' // RSA_AES_KEY_WRAP is with AES-256.
  return unwrapAesKwp(key, bytes(vector, 'ct'))?.equals(bytes(vector, 'msg')) ?? false
}

const p256 = '06082a8648ce3d030107'
const p384 = '06052b81040022'
const p521 = '06052b81040023'

type Row = readonly [file: string, run: Try, ran: number, leftOut: number, acceptableTaken: number]
const rows: readonly Row[] = [
  ['ecdsa_secp256r1_sha256', signature('ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'), 484, 0, 0],
  ['ecdsa_secp384r1_sha384', signature('ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'), 118, 0, 0],
  ['ecdsa_secp521r1_sha512', signature('ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512'), 117, 0, 0],
  ['ecdsa_secp256k1_sha256', signature('ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'), 476, 0, 0],
  ['rsa_signature_2048_sha256', signature('RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'), 259, 0, 0],
  ['rsa_signature_2048_sha384', signature('RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384'), 63, 0, 0],
  ['rsa_signature_2048_sha512', signature('RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_512', 'sha512'), 64, 0, 0],
  ['rsa_signature_3072_sha256', signature('RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'), 63, 0, 0],
  ['rsa_signature_3072_sha384', signature('RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384'), 63, 0, 0],
  ['rsa_signature_3072_sha512', signature('RSA_3072', 'RSASSA_PKCS1_V1_5_SHA_512', 'sha512'), 64, 0, 0],
  ['rsa_signature_4096_sha256', signature('RSA_4096', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'), 62, 0, 0],
  ['rsa_signature_4096_sha384', signature('RSA_4096', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384'), 63, 0, 0],
  ['rsa_signature_4096_sha512', signature('RSA_4096', 'RSASSA_PKCS1_V1_5_SHA_512', 'sha512'), 63, 0, 0],
  ['rsa_pss_2048_sha256_mgf1_32', signature('RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256'), 108, 0, 0],
  ['rsa_pss_2048_sha384_mgf1_48', signature('RSA_2048', 'RSASSA_PSS_SHA_384', 'sha384'), 27, 0, 0],
  ['rsa_pss_3072_sha256_mgf1_32', signature('RSA_3072', 'RSASSA_PSS_SHA_256', 'sha256'), 26, 0, 0],
  ['rsa_pss_4096_sha256_mgf1_32', signature('RSA_4096', 'RSASSA_PSS_SHA_256', 'sha256'), 26, 0, 0],
  ['rsa_pss_4096_sha384_mgf1_48', signature('RSA_4096', 'RSASSA_PSS_SHA_384', 'sha384'), 27, 0, 0],
  ['rsa_pss_4096_sha512_mgf1_64', signature('RSA_4096', 'RSASSA_PSS_SHA_512', 'sha512'), 27, 0, 0],
  ['ed25519', signature('ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'), 151, 0, 0],
  ['mldsa_44_verify', mlDsaVerify('ML_DSA_44', '30820532300b06096086480165030403110382052100'), 15, 1, 0],
  ['mldsa_65_verify', mlDsaVerify('ML_DSA_65', '308207b2300b0609608648016503040312038207a100'), 15, 1, 0],
  ['mldsa_87_verify', mlDsaVerify('ML_DSA_87', '30820a32300b060960864801650304031303820a2100'), 17, 1, 0],
  ['mldsa_44_sign_seed', mlDsaSign('ML_DSA_44', 'ml-dsa-44'), 9, 1, 0],
  ['mldsa_65_sign_seed', mlDsaSign('ML_DSA_65', 'ml-dsa-65'), 9, 1, 0],
  ['mldsa_87_sign_seed', mlDsaSign('ML_DSA_87', 'ml-dsa-87'), 9, 1, 0],
  ['mlkem_512', mlKem('ML_KEM_512', 'ml-kem-512', 768), 13, 0, 0],
  ['mlkem_768', mlKem('ML_KEM_768', 'ml-kem-768', 1088), 13, 0, 0],
  ['mlkem_1024', mlKem('ML_KEM_1024', 'ml-kem-1024', 1568), 13, 0, 0],
  ['hmac_sha224', mac('HMAC_224', 'HMAC_SHA_224', 28), 81, 91, 0],
  ['hmac_sha256', mac('HMAC_256', 'HMAC_SHA_256', 32), 81, 93, 0],
  ['hmac_sha384', mac('HMAC_384', 'HMAC_SHA_384', 48), 81, 93, 0],
  ['hmac_sha512', mac('HMAC_512', 'HMAC_SHA_512', 64), 81, 93, 0],
  ['rsa_oaep_2048_sha1_mgf1sha1', oaep('RSA_2048', 'RSAES_OAEP_SHA_1'), 29, 7, 0],
  ['rsa_oaep_2048_sha256_mgf1sha256', oaep('RSA_2048', 'RSAES_OAEP_SHA_256'), 29, 8, 0],
  ['rsa_oaep_3072_sha256_mgf1sha256', oaep('RSA_3072', 'RSAES_OAEP_SHA_256'), 29, 8, 0],
  ['rsa_oaep_4096_sha256_mgf1sha256', oaep('RSA_4096', 'RSAES_OAEP_SHA_256'), 29, 8, 0],
  ['ecdh_secp256r1', ecdh('ECC_NIST_P256', p256, 32), 198, 0, 0],
  ['ecdh_secp384r1', ecdh('ECC_NIST_P384', p384, 48), 79, 0, 0],
  ['ecdh_secp521r1', ecdh('ECC_NIST_P521', p521, 66), 88, 0, 0],
  ['aes_kwp', keyWrap, 94, 160, 0],
]

function groupsOf(file: string): readonly Group[] {
  return JSON.parse(readFileSync(`${folder}/${file}_test.json`, 'utf8')) as readonly Group[] // As the script wrote it.
}

for (const [file, run, ran, leftOut, acceptableTaken] of rows) {
  test(`wycheproof: ${file}`, () => {
    const counts = { ran: 0, leftOut: 0, acceptableTaken: 0 }
    for (const group of groupsOf(file)) {
      for (const vector of group.tests) {
        const outcome = run(vector, group)
        if (outcome === 'left out') {
          counts.leftOut += 1
          continue
        }
        counts.ran += 1
        if (vector.result === 'acceptable') counts.acceptableTaken += Number(outcome)
        else assert.equal(outcome, vector.result === 'valid', `tcId ${vector.tcId} (${vector.flags.join()})`)
      }
    }
    assert.deepEqual(counts, { ran, leftOut, acceptableTaken })
  })
}

test('wycheproof: a PSS salt of another length than the digest is refused', () => {
  const file = 'rsa_pss_2048_sha256_mgf1_0' // Valid for those who agreed on no salt.
  const salted = signature('RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256')
  const vectors = groupsOf(file).flatMap((group) => group.tests.map((vector) => ({ vector, group })))
  const taken = vectors.filter(({ vector, group }) => salted(vector, group) === true)
  assert.equal(vectors.length, 103)
  assert.equal(vectors.filter(({ vector }) => vector.result === 'valid').length, 61)
  // The one that the file calls wrong because its salt is as long as the digest.
  assert.deepEqual(
    taken.map(({ vector }) => [vector.tcId, vector.result]),
    [[69, 'invalid']],
  )
})

test('wycheproof: every file has its test', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const tested = [...rows.map(([file]) => file), 'rsa_pss_2048_sha256_mgf1_0']
  assert.deepEqual(files.sort(), tested.map((file) => `${file}_test.json`).sort())
})
