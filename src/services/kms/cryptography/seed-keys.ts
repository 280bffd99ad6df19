import type { KeyForm } from './key-specs.ts'

/** The forms whose private key is a seed: all else of the key is computed from it. */
export type SeedForm = Extract<KeyForm, { kind: 'ed25519' | 'ml-dsa' | 'ml-kem' }>

type SeedName = 'ed25519' | Extract<SeedForm, { name: string }>['name']

// Everything of the PKCS#8 that comes before the seed. (RFC 8410, 7; RFC 9881, 6, and RFC 9935, 6: the "seed" choice.)
const prefixes: Readonly<Record<SeedName, string>> = {
  ed25519: '302e020100300506032b657004220420',
  'ml-dsa-44': '3034020100300b060960864801650304031104228020',
  'ml-dsa-65': '3034020100300b060960864801650304031204228020',
  'ml-dsa-87': '3034020100300b060960864801650304031304228020',
  'ml-kem-512': '3054020100300b060960864801650304040104428040',
  'ml-kem-768': '3054020100300b060960864801650304040204428040',
  'ml-kem-1024': '3054020100300b060960864801650304040304428040',
}

export function seedBytesOf(form: SeedForm): number {
  return form.kind === 'ml-kem' ? 64 : 32
}

/**
 * The PKCS#8 of a seed, without the expanded key that OpenSSL would write too.
 * Source: KMS API Reference, GenerateDataKeyPair: ML-KEM private keys are in seed format, of one length for all specs.
 */
export function seedPkcs8(form: SeedForm, seed: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(prefixes[form.kind === 'ed25519' ? 'ed25519' : form.name], 'hex'), seed])
}
