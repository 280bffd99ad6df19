import type {
  EncapsulationAlgorithmSpec,
  EncryptionAlgorithmSpec,
  KeyAgreementAlgorithmSpec,
  KeySpec,
  KeyUsageType,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from '#models/kms.d.ts'

/** For each usage, the type that names its algorithms. */
export interface AlgorithmOf {
  readonly ENCRYPT_DECRYPT: EncryptionAlgorithmSpec
  readonly SIGN_VERIFY: SigningAlgorithmSpec
  readonly GENERATE_VERIFY_MAC: MacAlgorithmSpec
  readonly KEY_AGREEMENT: KeyAgreementAlgorithmSpec
  readonly ENCAPSULATE_DECAPSULATE: EncapsulationAlgorithmSpec
}

/** What a key of a spec consists of. */
export type KeyForm =
  | { readonly kind: 'aes' | 'hmac'; readonly bytes: number }
  | { readonly kind: 'rsa'; readonly bits: number }
  /** `curve`: as node:crypto names it in `asymmetricKeyDetails`. */
  | { readonly kind: 'ec'; readonly curve: 'prime256v1' | 'secp384r1' | 'secp521r1' | 'secp256k1' }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ml-dsa'; readonly name: 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87' }
  | {
      readonly kind: 'ml-kem'
      readonly name: 'ml-kem-512' | 'ml-kem-768' | 'ml-kem-1024'
      readonly ciphertextBytes: number
    }
  /** Known, and not to be had here. */
  | { readonly kind: 'none'; readonly because: string }

export interface SpecFacts {
  readonly form: KeyForm
  /** The usages a key may be made for, each with its algorithms in AWS's order. One that is missing is not allowed. */
  readonly algorithms: { readonly [Usage in KeyUsageType]?: readonly AlgorithmOf[Usage][] }
  /** What CreateKey takes when no usage is given; AWS demands one for every spec that has none here. */
  readonly defaultUsage?: KeyUsageType
  readonly isImportable: boolean
}

const rsaAlgorithms = {
  ENCRYPT_DECRYPT: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
  SIGN_VERIFY: [
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
  ],
} as const

const isImportable = true

/**
 * One row a key spec: the only place that knows what a spec can do.
 * Source: KMS Developer Guide, "Key spec reference"; KMS API Reference, CreateKey, KeySpec and KeyUsage.
 * Differs: SM2 is for AWS's China Regions, and node:crypto cannot sign or encrypt with it.
 */
export const keySpecs: Readonly<Record<KeySpec, SpecFacts>> = {
  SYMMETRIC_DEFAULT: {
    form: { kind: 'aes', bytes: 32 },
    algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    defaultUsage: 'ENCRYPT_DECRYPT',
    isImportable,
  },
  HMAC_224: {
    form: { kind: 'hmac', bytes: 28 },
    algorithms: { GENERATE_VERIFY_MAC: ['HMAC_SHA_224'] },
    isImportable,
  },
  HMAC_256: {
    form: { kind: 'hmac', bytes: 32 },
    algorithms: { GENERATE_VERIFY_MAC: ['HMAC_SHA_256'] },
    isImportable,
  },
  HMAC_384: {
    form: { kind: 'hmac', bytes: 48 },
    algorithms: { GENERATE_VERIFY_MAC: ['HMAC_SHA_384'] },
    isImportable,
  },
  HMAC_512: {
    form: { kind: 'hmac', bytes: 64 },
    algorithms: { GENERATE_VERIFY_MAC: ['HMAC_SHA_512'] },
    isImportable,
  },
  RSA_2048: { form: { kind: 'rsa', bits: 2048 }, algorithms: rsaAlgorithms, isImportable },
  RSA_3072: { form: { kind: 'rsa', bits: 3072 }, algorithms: rsaAlgorithms, isImportable },
  RSA_4096: { form: { kind: 'rsa', bits: 4096 }, algorithms: rsaAlgorithms, isImportable },
  ECC_NIST_P256: {
    form: { kind: 'ec', curve: 'prime256v1' },
    algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'], KEY_AGREEMENT: ['ECDH'] },
    isImportable,
  },
  ECC_NIST_P384: {
    form: { kind: 'ec', curve: 'secp384r1' },
    algorithms: { SIGN_VERIFY: ['ECDSA_SHA_384'], KEY_AGREEMENT: ['ECDH'] },
    isImportable,
  },
  ECC_NIST_P521: {
    form: { kind: 'ec', curve: 'secp521r1' },
    algorithms: { SIGN_VERIFY: ['ECDSA_SHA_512'], KEY_AGREEMENT: ['ECDH'] },
    isImportable,
  },
  ECC_SECG_P256K1: {
    form: { kind: 'ec', curve: 'secp256k1' },
    algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'] },
    isImportable,
  },
  ECC_NIST_EDWARDS25519: {
    form: { kind: 'ed25519' },
    algorithms: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    isImportable,
  },
  ML_DSA_44: {
    form: { kind: 'ml-dsa', name: 'ml-dsa-44' },
    algorithms: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
    isImportable,
  },
  ML_DSA_65: {
    form: { kind: 'ml-dsa', name: 'ml-dsa-65' },
    algorithms: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
    isImportable,
  },
  ML_DSA_87: {
    form: { kind: 'ml-dsa', name: 'ml-dsa-87' },
    algorithms: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
    isImportable,
  },
  ML_KEM_512: {
    form: { kind: 'ml-kem', name: 'ml-kem-512', ciphertextBytes: 768 },
    algorithms: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
    isImportable,
  },
  ML_KEM_768: {
    form: { kind: 'ml-kem', name: 'ml-kem-768', ciphertextBytes: 1088 },
    algorithms: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
    isImportable,
  },
  ML_KEM_1024: {
    form: { kind: 'ml-kem', name: 'ml-kem-1024', ciphertextBytes: 1568 },
    algorithms: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
    isImportable,
  },
  SM2: {
    form: { kind: 'none', because: 'SM2 keys exist only in the China Regions' },
    algorithms: {},
    isImportable: false,
  },
}

/** False for a spec that AWS knows and that cannot be made here. */
export function canBeMade(spec: KeySpec): boolean {
  return keySpecs[spec].form.kind !== 'none'
}

/** The algorithms that a key of this spec and usage supports: none when the spec does not have the usage. */
export function algorithmsOf<Usage extends KeyUsageType>(
  spec: KeySpec,
  usage: Usage,
): readonly AlgorithmOf[Usage][] {
  return keySpecs[spec].algorithms[usage] ?? []
}
