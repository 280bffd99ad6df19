import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { databaseFile } from '../database-file.ts'
import { rootKeyOf } from './root-key.ts'
import { settleKeyFile } from './root-key-file.ts'
import { readNote, retiredKeysOf, writeFirstNote } from './root-key-note.ts'
import { keyPathOf, type RootKeySource, sourceKey, sourceWords } from './root-key-source.ts'
import { RootKeyError, type RootKeyState } from './root-keys.ts'

type RandomBytes = (length: number) => Uint8Array

/**
 * Gets the root key at start, before anything is opened or written. The first start of a data directory notes the key's id beside
 * the data; every later one refuses another key, and never makes a new one in the place of a key that is lost. Nor does it where the
 * note is: without its salt or its wrapped key, a passphrase or a token would give another.
 * INVARIANT: no file that exists is written to; a rotation that was cut off is only carried to the state that its note names.
 * Faults: RootKeyError.
 */
export function loadRootKey(
  source: RootKeySource,
  directory: string,
  randomBytes: RandomBytes,
): RootKeyState {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const note = readNote(directory)
  if (note === undefined && existsSync(join(directory, databaseFile)))
    throw new RootKeyError(
      `root-key.json is missing in ${directory}, where there is data: it says which root key the data was sealed under, and what that is ` +
        'made of. Put it back from a backup; no new key was made',
    )
  if (note !== undefined && source.kind === 'file') settleKeyFile(keyPathOf(source, directory), note.keyId)
  const { bytes, origin } = sourceKey(source, directory, note, randomBytes)
  const current = rootKeyOf(bytes)
  bytes.fill(0)

  const first: RootKeyState = { current, origin, retired: [], unfinished: false }
  if (note === undefined) writeFirstNote(directory, first, randomBytes)
  // Read again: another process may have been first.
  const noted = note ?? readNote(directory)
  if (noted?.keyId !== current.id) {
    throw new RootKeyError(
      `the data in ${directory} was sealed under root key ${noted?.keyId ?? '(none)'}, and this is root key ${current.id}: ` +
        `give the right ${sourceWords[source.kind]}; nothing was changed`,
    )
  }
  const retired = retiredKeysOf(noted, current, directory, randomBytes)
  return { current, origin, retired, unfinished: noted.unfinished ?? false }
}

/** Whether the root key of a data directory is one that a token wraps. */
export function isWrappedByToken(directory: string): boolean {
  return readNote(directory)?.wrapped !== undefined
}
