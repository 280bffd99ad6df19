import { existsSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TokenSource, unwrapByToken, wrapByToken } from './pkcs11.ts'
import { rootKeyBytes } from './root-key.ts'
import { decodeKey, keyFileName, nextPathOf, readKeyFile, writeKeyFile } from './root-key-file.ts'
import { type Note, suffixOf } from './root-key-note.ts'
import { type Origin, RootKeyError } from './root-keys.ts'
import { defaultCost, stretchSync } from './scrypt.ts'

/** Where the root key comes from. */
export type RootKeySource =
  /** `root.key` in the data directory, or at `path`; the first start makes it. */
  | { readonly kind: 'file'; readonly path?: string }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** `REDOUBT_ROOT_KEY`: 32 bytes in base64. */
  | { readonly kind: 'environment'; readonly value: string }
  /** A key on a PKCS#11 token, which encrypts the root key; the note holds it so. */
  | TokenSource

/** A root key's bytes, which the caller wipes, with what is to be noted of them. */
export interface SourcedKey {
  readonly bytes: Buffer
  readonly origin: Origin
}

type RandomBytes = (length: number) => Uint8Array

const passphraseLengthMin = 12

/** What a refusal calls each source. */
export const sourceWords = {
  file: 'root key file',
  passphrase: 'passphrase',
  environment: 'REDOUBT_ROOT_KEY',
  pkcs11: 'token and key (REDOUBT_PKCS11_...)',
} as const satisfies Record<RootKeySource['kind'], string>

/** The path of a source's file. */
export function keyPathOf(source: RootKeySource, directory: string): string {
  return (source.kind === 'file' ? source.path : undefined) ?? join(directory, keyFileName)
}

/**
 * Gets the root key that a note names from its source; without a note, makes the first one. What waits in a key file for a note
 * that names it counts as there.
 */
export function sourceKey(
  source: RootKeySource,
  directory: string,
  note: Note | undefined,
  randomBytes: RandomBytes,
): SourcedKey {
  switch (source.kind) {
    case 'environment':
      return { bytes: decodeKey(source.value, 'REDOUBT_ROOT_KEY'), origin: {} }
    case 'passphrase':
      return fromPassphrase(source.passphrase, note, randomBytes)
    case 'pkcs11':
      if (note === undefined) return wrapped(source, randomBytes)
      if (note.wrapped === undefined)
        throw new RootKeyError(
          `the data was sealed under root key ${note.keyId}, which no token wraps: ` +
            'start without REDOUBT_PKCS11_MODULE, and move it with redoubt keys rotate-root --to pkcs11',
        )
      return { bytes: unwrapByToken(source, note.wrapped), origin: { wrapped: note.wrapped } }
    case 'file':
      return fromFile(keyPathOf(source, directory), note, randomBytes)
  }
}

/**
 * Makes another root key for a source, and leaves what a start now finds as it is: a file's key waits beside it until it is noted.
 */
export function anotherKey(source: RootKeySource, directory: string, randomBytes: RandomBytes): SourcedKey {
  switch (source.kind) {
    case 'environment':
      return { bytes: decodeKey(source.value, 'the new root key'), origin: {} }
    case 'passphrase':
      return fromPassphrase(source.passphrase, undefined, randomBytes) // With a salt of its own, so another key.
    case 'pkcs11':
      return wrapped(source, randomBytes)
    case 'file': {
      const path = nextPathOf(keyPathOf(source, directory))
      if (existsSync(path)) unlinkSync(path) // Of a rotation that was cut off before the key was noted.
      const bytes = Buffer.from(randomBytes(rootKeyBytes))
      if (!writeKeyFile(path, bytes, suffixOf(randomBytes)))
        throw new RootKeyError(`${path} was written by another process: run the command again`)
      return { bytes, origin: {} }
    }
  }
}

function fromFile(path: string, note: Note | undefined, randomBytes: RandomBytes): SourcedKey {
  const existing = readKeyFile(path)
  if (existing !== undefined) return { bytes: existing, origin: {} }
  if (note !== undefined) {
    const where = note.wrapped === undefined ? 'the passphrase or REDOUBT_ROOT_KEY' : sourceWords.pkcs11
    throw new RootKeyError(
      `the root key file ${path} is missing, and the data was sealed under root key ${note.keyId}: ` +
        `put the file back, or give ${where}; no new key was made`,
    )
  }
  const made = Buffer.from(randomBytes(rootKeyBytes))
  if (writeKeyFile(path, made, suffixOf(randomBytes))) return { bytes: made, origin: {} }
  const others = readKeyFile(path) // Another process made it in the meantime.
  if (others === undefined) throw new RootKeyError(`the root key file ${path} was removed while it was read`)
  return { bytes: others, origin: {} }
}

function fromPassphrase(passphrase: string, note: Note | undefined, randomBytes: RandomBytes): SourcedKey {
  if (passphrase.length < passphraseLengthMin) {
    throw new RootKeyError(`a passphrase needs at least ${passphraseLengthMin} characters`)
  }
  if (note !== undefined && note.scrypt === undefined) {
    throw new RootKeyError(`the data was sealed under root key ${note.keyId}, which comes from no passphrase`)
  }
  const scrypt = note?.scrypt ?? { ...defaultCost, salt: Buffer.from(randomBytes(16)).toString('base64') }
  const bytes = stretchSync(passphrase, Buffer.from(scrypt.salt, 'base64'), rootKeyBytes, scrypt)
  return { bytes, origin: { scrypt } }
}

function wrapped(source: TokenSource, randomBytes: RandomBytes): SourcedKey {
  const bytes = Buffer.from(randomBytes(rootKeyBytes))
  return { bytes, origin: { wrapped: wrapByToken(source, bytes, randomBytes) } }
}
