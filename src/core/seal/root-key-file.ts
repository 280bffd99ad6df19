import { closeSync, fstatSync, openSync, readdirSync, readFileSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { rootKeyBytes, rootKeyOf } from './root-key.ts'
import { RootKeyError } from './root-keys.ts'
import { codeOf, moveFile, writeOnce } from './write-file.ts'

/** The root key's file in a data directory. */
export const keyFileName = 'root.key'

/** Where the next root key waits until it is noted as the current one. */
export function nextPathOf(path: string): string {
  return `${path}.next`
}

/** Writes the bytes of a key file; false where there is one already, which stays. */
export function writeKeyFile(path: string, bytes: Uint8Array, suffix: string): boolean {
  return writeOnce(path, `${Buffer.from(bytes).toString('base64')}\n`, suffix)
}

/**
 * Brings the key file in line with the note, after a rotation or one that was cut off: what waits and is noted takes its place,
 * what waits and is not was never used.
 */
export function settleKeyFile(path: string, notedId: string): void {
  const next = nextPathOf(path)
  const waiting = keyFileId(next)
  if (waiting === undefined) return
  if (waiting === notedId && keyFileId(path) !== notedId) moveFile(next, path)
  else unlinkSync(next)
}

/** Refuses to go on when the next key is not where a start would look for it. Faults: RootKeyError. */
export function assertWaiting(path: string, keyId: string): void {
  if (keyFileId(nextPathOf(path)) !== keyId)
    throw new RootKeyError(`${nextPathOf(path)} was changed by another process: run the command again`)
}

/** Removes a key file that holds one of the named keys, which are kept elsewhere. */
export function removeKeyFile(path: string, keyIds: readonly string[]): void {
  const id = keyFileId(path)
  if (id !== undefined && keyIds.includes(id)) unlinkSync(path)
}

/** Removes what was being written of key files when a process was killed. Whoever calls this is the only one who writes there. */
export function removeUnfinished(directory: string): void {
  for (const name of readdirSync(directory))
    if (/^root\.key(?:\.next)?\.[0-9a-f]{16}\.tmp$/.test(name)) unlinkSync(join(directory, name))
}

function keyFileId(path: string): string | undefined {
  const bytes = readKeyFile(path)
  if (bytes === undefined) return undefined
  const { id } = rootKeyOf(bytes)
  bytes.fill(0)
  return id
}

/** The bytes of a key file; undefined when there is none. */
export function readKeyFile(path: string): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new RootKeyError(`the root key file ${path} cannot be read: ${codeOf(error) ?? 'unknown error'}`)
  }
  try {
    // The open file is asked, not the path: what is checked is what is read.
    const status = fstatSync(file)
    if (!status.isFile()) throw new RootKeyError(`the root key file ${path} is no regular file`)
    if (process.platform !== 'win32' && (status.mode & 0o077) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0')
      throw new RootKeyError(
        `the root key file ${path} has mode ${mode}: others may use it; run chmod 600 on it`,
      )
    }
    return decodeKey(readFileSync(file, 'latin1'), `the root key file ${path}`)
  } finally {
    closeSync(file)
  }
}

/** Reads a root key's 32 bytes in base64; `what` names the text in the refusal. */
export function decodeKey(text: string, what: string): Buffer {
  const trimmed = text.trim()
  const bytes = Buffer.from(trimmed, 'base64')
  if (bytes.length !== rootKeyBytes || bytes.toString('base64') !== trimmed) {
    throw new RootKeyError(`${what} does not hold ${rootKeyBytes} bytes in base64 (44 characters)`)
  }
  return bytes
}
