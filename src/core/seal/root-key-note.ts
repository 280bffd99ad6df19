import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RootKey, rootKeyOf } from './root-key.ts'
import { type Origin, type RetiredRootKey, RootKeyError, type RootKeyState } from './root-keys.ts'
import { isBearable, type ScryptCost } from './scrypt.ts'
import { createSeal } from './seal.ts'
import { codeOf, replaceFile, writeOnce } from './write-file.ts'

/** A retired root key as the note keeps it: sealed under the current one. */
interface NotedKey {
  readonly keyId: string
  readonly retiredAtMs: number
  readonly sealed: string
}

/**
 * What lies beside the data in `root-key.json`: which key sealed it, how the operator's source becomes that key, and earlier keys.
 * No secret in the clear.
 */
export interface Note {
  readonly version: 1 | 2
  readonly keyId: string
  readonly scrypt?: Origin['scrypt']
  readonly wrapped?: string
  readonly retired?: readonly NotedKey[]
  readonly unfinished?: boolean
}

type RandomBytes = (length: number) => Uint8Array

const noteName = 'root-key.json'
const retiredPurpose = 'retired-root-key'

/** Reads the note of a data directory; undefined where there is none. */
export function readNote(directory: string): Note | undefined {
  const path = join(directory, noteName)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new RootKeyError(`${path} cannot be read: ${codeOf(error) ?? 'unknown error'}`)
  }
  const note = parseNote(text)
  if (note === 'later')
    throw new RootKeyError(
      `${path} was written by a later version of Redoubt, which knows what it says: use that one; nothing was changed`,
    )
  if (note === undefined)
    throw new RootKeyError(`${path} is damaged; restore it from a backup: nothing was changed`)
  return note
}

/** Writes the first note of a data directory; where there is one, it stays. */
export function writeFirstNote(directory: string, state: RootKeyState, randomBytes: RandomBytes): void {
  writeOnce(join(directory, noteName), noteText(state, randomBytes), suffixOf(randomBytes))
}

/** Puts a state in the place of the noted one, whole or not at all: from then on it is what a start finds. */
export function replaceNote(directory: string, state: RootKeyState, randomBytes: RandomBytes): void {
  replaceFile(join(directory, noteName), noteText(state, randomBytes), suffixOf(randomBytes))
}

/** Opens the retired keys of a note. */
export function retiredKeysOf(
  note: Note,
  current: RootKey,
  directory: string,
  randomBytes: RandomBytes,
): readonly RetiredRootKey[] {
  const seal = createSeal({ current, randomBytes })
  return (note.retired ?? []).map(({ keyId, retiredAtMs, sealed }) => {
    const bytes = seal.tryOpen(retiredPurpose, keyId, sealed)
    if (bytes === undefined)
      throw new RootKeyError(
        `${join(directory, noteName)} is damaged (root key ${keyId} does not open); restore it from a backup: nothing was changed`,
      )
    const root = rootKeyOf(bytes)
    bytes.fill(0)
    return { root, retiredAtMs }
  })
}

/** Names a temporary file unlike any other. */
export function suffixOf(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(8)).toString('hex')
}

function noteText({ current, origin, retired, unfinished }: RootKeyState, randomBytes: RandomBytes): string {
  const seal = createSeal({ current, randomBytes })
  const noted = retired.map(({ root, retiredAtMs }): NotedKey => {
    const bytes = root.key.export()
    const sealed = seal.seal(retiredPurpose, root.id, bytes)
    bytes.fill(0)
    return { keyId: root.id, retiredAtMs, sealed }
  })
  const note: Note = {
    // A program that knows version 1 alone would not open what is under a retired key: it must refuse.
    version: noted.length > 0 || origin.wrapped !== undefined ? 2 : 1,
    keyId: current.id,
    ...origin,
    ...(noted.length > 0 && { retired: noted }),
    ...(unfinished && { unfinished }),
  }
  return `${JSON.stringify(note, undefined, 2)}\n`
}

/** `later`: of a version that this program does not know, and so not damaged. */
function parseNote(text: string): Note | 'later' | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
  if (!isRecord(value)) return undefined
  const { version, keyId, scrypt, wrapped, retired = [], unfinished = false } = value
  if (typeof version === 'number' && version > 2) return 'later'
  if ((version !== 1 && version !== 2) || !isKeyId(keyId)) return undefined
  const stretched = scrypt === undefined ? {} : parseScrypt(scrypt)
  if (stretched === undefined || !(wrapped === undefined || typeof wrapped === 'string')) return undefined
  if (!Array.isArray(retired) || !retired.every(isNotedKey) || typeof unfinished !== 'boolean')
    return undefined
  return { version, keyId, ...stretched, ...(wrapped !== undefined && { wrapped }), retired, unfinished }
}

function parseScrypt(scrypt: unknown): Pick<Note, 'scrypt'> | undefined {
  if (!isRecord(scrypt) || typeof scrypt['salt'] !== 'string') return undefined
  const cost: ScryptCost = { log2N: Number(scrypt['log2N']), r: Number(scrypt['r']), p: Number(scrypt['p']) }
  return isBearable(cost) ? { scrypt: { ...cost, salt: scrypt['salt'] } } : undefined
}

function isNotedKey(value: unknown): value is NotedKey {
  if (!isRecord(value)) return false
  const { keyId, retiredAtMs, sealed } = value
  return isKeyId(keyId) && Number.isSafeInteger(retiredAtMs) && typeof sealed === 'string'
}

function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
