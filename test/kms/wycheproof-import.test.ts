// Goal: what wycheproof.test.ts shows of the cryptography holds through the API too: for material that came in by ImportKeyMaterial,
// asked of by AWS's own client.
// Method: the vectors that have a private or secret key. Each import makes an RSA key to wrap with, so only the few keys of a file are
// imported that the most vectors have. A vector that is wrong must get KMS's error.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { KMS, KeySpec, KeyUsageType } from '@aws-sdk/client-kms'
import { importMaterial } from '#services/kms/import-rig.test.ts'
import { newKey, refusal, rig } from '#services/kms/rig.test.ts'
import { ecPkcs8 } from './ec-pkcs8.ts'

interface Vector {
  readonly tcId: number
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly [member: string]: unknown
}
interface Group {
  readonly tests: readonly Vector[]
  readonly [member: string]: unknown
}

/** What one file's vectors are asked of KMS. */
interface Row {
  readonly file: string
  readonly spec: KeySpec
  readonly usage: KeyUsageType
  /** PKCS#8, or the bytes of a secret key; undefined for a vector that has no meaning here. */
  readonly material: (vector: Vector, group: Group) => Buffer | undefined
  /** Resolves to whether KMS agrees with the vector; rejects with what it refuses a wrong one for. */
  readonly ask: (kms: KMS, keyId: string, vector: Vector) => Promise<boolean>
  readonly refused: RegExp
  /** Keys to import at most. */
  readonly keysMax: number
  /** What must have run: keys, vectors that KMS agreed with, vectors that it refused. */
  readonly ran: readonly [keys: number, taken: number, refused: number]
}

function bytes(of: Vector | Group, name: string): Buffer {
  const value = of[name]
  assert(typeof value === 'string', `${name} is missing`)
  return Buffer.from(value, 'hex')
}

const hmac = (bits: 224 | 256 | 384 | 512, ran: Row['ran']): Row => ({
  file: `hmac_sha${bits}`,
  spec: `HMAC_${bits}`,
  usage: 'GENERATE_VERIFY_MAC',
  material: (vector) => {
    const key = bytes(vector, 'key')
    // KMS has one length of key and tag a spec, and takes no empty message.
    const fits = [key, bytes(vector, 'tag')].every(({ length }) => length === bits / 8)
    return fits && bytes(vector, 'msg').length > 0 ? key : undefined
  },
  async ask(kms, KeyId, vector) {
    const [Message, Mac] = [bytes(vector, 'msg'), bytes(vector, 'tag')]
    const { MacValid } = await kms.verifyMac({ KeyId, Message, Mac, MacAlgorithm: `HMAC_SHA_${bits}` })
    return MacValid === true
  },
  refused: /^KMSInvalidMacException/,
  keysMax: 6,
  ran,
})

const oaep = (file: string, algorithm: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256', ran: Row['ran']): Row => ({
  file,
  spec: 'RSA_2048',
  usage: 'ENCRYPT_DECRYPT',
  material: (vector, group) =>
    bytes(vector, 'label').length > 0 ? undefined : bytes(group, 'privateKeyPkcs8'),
  async ask(kms, KeyId, vector) {
    const given = { KeyId, CiphertextBlob: bytes(vector, 'ct'), EncryptionAlgorithm: algorithm }
    const { Plaintext = new Uint8Array() } = await kms.decrypt(given)
    return Buffer.from(Plaintext).equals(bytes(vector, 'msg'))
  },
  refused: /^InvalidCiphertextException|^ValidationException/,
  keysMax: 6,
  ran,
})

const ecdh = (file: string, spec: KeySpec, curveOid: string, keyBytes: number, ran: Row['ran']): Row => ({
  file,
  spec,
  usage: 'KEY_AGREEMENT',
  material: (vector) => {
    const scalar = bytes(vector, 'private')
    return ecPkcs8(curveOid, Buffer.concat([Buffer.alloc(keyBytes), scalar]).subarray(-keyBytes))
  },
  async ask(kms, KeyId, vector) {
    const { SharedSecret = new Uint8Array() } = await kms.deriveSharedSecret({
      KeyId,
      PublicKey: bytes(vector, 'public'),
      KeyAgreementAlgorithm: 'ECDH',
    })
    return Buffer.from(SharedSecret).equals(bytes(vector, 'shared'))
  },
  refused: /^ValidationException|^InvalidKey/,
  keysMax: 6,
  ran,
})

const rows: readonly Row[] = [
  hmac(224, [6, 5, 27]),
  hmac(256, [6, 5, 27]),
  hmac(384, [6, 5, 27]),
  hmac(512, [6, 5, 27]),
  oaep('rsa_oaep_2048_sha1_mgf1sha1', 'RSAES_OAEP_SHA_1', [1, 10, 19]),
  oaep('rsa_oaep_2048_sha256_mgf1sha256', 'RSAES_OAEP_SHA_256', [1, 10, 19]),
  ecdh('ecdh_secp256r1', 'ECC_NIST_P256', '06082a8648ce3d030107', 32, [6, 90, 33]),
  ecdh('ecdh_secp384r1', 'ECC_NIST_P384', '06052b81040022', 48, [6, 21, 29]),
  ecdh('ecdh_secp521r1', 'ECC_NIST_P521', '06052b81040023', 66, [6, 21, 29]),
]

for (const { file, spec, usage, material, ask, refused, keysMax, ran } of rows) {
  test(`wycheproof through the API: ${file}`, async () => {
    const { admin } = await rig()
    const path = `${import.meta.dirname}/../vectors/wycheproof/${file}_test.json`
    const groups = JSON.parse(readFileSync(path, 'utf8')) as readonly Group[] // As the script wrote it.
    const byMaterial = new Map<string, { readonly given: Buffer; readonly vectors: Vector[] }>()
    for (const group of groups) {
      for (const vector of group.tests) {
        const given = material(vector, group)
        if (given === undefined || vector.result === 'acceptable') continue
        const known = byMaterial.get(given.toString('hex'))
        if (known) known.vectors.push(vector)
        else byMaterial.set(given.toString('hex'), { given, vectors: [vector] })
      }
    }
    const most = [...byMaterial.values()].sort((one, other) => other.vectors.length - one.vectors.length)
    let [keys, taken, turnedDown] = [0, 0, 0]
    for (const { given, vectors } of most.slice(0, keysMax)) {
      const { id } = await newKey(admin, { KeySpec: spec, KeyUsage: usage, Origin: 'EXTERNAL' })
      const algorithm = usage === 'GENERATE_VERIFY_MAC' ? 'RSAES_OAEP_SHA_256' : 'RSA_AES_KEY_WRAP_SHA_256'
      await importMaterial(admin, id, given, { algorithm })
      keys += 1
      for (const vector of vectors) {
        if (vector.result === 'valid') {
          assert.equal(await ask(admin, id, vector), true, `tcId ${vector.tcId}`)
          taken += 1
        } else {
          assert.match(await refusal(ask(admin, id, vector)), refused, `tcId ${vector.tcId}`)
          turnedDown += 1
        }
      }
    }
    assert.deepEqual([keys, taken, turnedDown], ran)
  })
}

test('wycheproof through the API: all rows ran', () => assert.equal(rows.length, 9))
