import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RootKey, rootKeyBytes, rootKeyOf } from './root-key.ts'
import { defaultCost, isBearable, type ScryptCost, stretchSync } from './scrypt.ts'
import { codeOf, writeOnce } from './write-once.ts'

/** Where the root key comes from. */
export type RootKeySource =
  /** `root.key` in the data directory, or at `path`; the first start makes it. */
  | { readonly kind: 'file'; readonly path?: string }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** `REDOUBT_ROOT_KEY`: 32 bytes in base64. */
  | { readonly kind: 'environment'; readonly value: string }

/** The root key cannot be had. The message is for the operator: what is wrong, and what to do. */
export class RootKeyError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RootKeyError'
  }
}

/** What lies beside the data in `root-key.json`: which key sealed it, and how a passphrase becomes that key. No secret. */
interface Note {
  readonly version: 1
  readonly keyId: string
  readonly scrypt?: ScryptCost & { readonly salt: string }
}

const noteName = 'root-key.json'
const keyName = 'root.key'
const passphraseLengthMin = 12

/**
 * Gets the root key at start, before anything is opened or written. The first start of a data directory notes the key's id beside
 * the data; every later one refuses another key, and never makes a new one in the place of a key that is lost.
 * INVARIANT: no file that exists is written to.
 * Faults: RootKeyError.
 */
export function loadRootKey(
  source: RootKeySource,
  directory: string,
  randomBytes: (length: number) => Uint8Array,
): RootKey {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const notePath = join(directory, noteName)
  const note = readNote(notePath)
  const suffix = Buffer.from(randomBytes(8)).toString('hex')

  const { bytes, scrypt } = keyBytes(source, directory, note, randomBytes, suffix)
  const root = rootKeyOf(bytes)
  bytes.fill(0)

  const written: Note = { version: 1, keyId: root.id, ...(scrypt && { scrypt }) }
  if (note === undefined) writeOnce(notePath, `${JSON.stringify(written, undefined, 2)}\n`, suffix)
  // Read again: another process may have been first.
  const noted = note ?? readNote(notePath)
  if (noted?.keyId !== root.id) {
    throw new RootKeyError(
      `the data in ${directory} was sealed under root key ${noted?.keyId ?? '(none)'}, and this is root key ${root.id}: ` +
        `give the right ${words[source.kind]}; nothing was changed`,
    )
  }
  return root
}

const words = {
  file: 'root key file',
  passphrase: 'passphrase',
  environment: 'REDOUBT_ROOT_KEY',
} as const satisfies Record<RootKeySource['kind'], string>

interface Found {
  readonly bytes: Buffer
  readonly scrypt?: Note['scrypt']
}

function keyBytes(
  source: RootKeySource,
  directory: string,
  note: Note | undefined,
  randomBytes: (length: number) => Uint8Array,
  suffix: string,
): Found {
  if (source.kind === 'environment') return { bytes: decode(source.value, 'REDOUBT_ROOT_KEY') }
  if (source.kind === 'passphrase') return fromPassphrase(source.passphrase, note, randomBytes)
  return fromFile(source.path ?? join(directory, keyName), note, randomBytes, suffix)
}

function fromFile(
  path: string,
  note: Note | undefined,
  randomBytes: (length: number) => Uint8Array,
  suffix: string,
): Found {
  const existing = readKeyFile(path)
  if (existing !== undefined) return { bytes: existing }
  if (note !== undefined) {
    throw new RootKeyError(
      `the root key file ${path} is missing, and the data was sealed under root key ${note.keyId}: ` +
        'put the file back, or give the passphrase or REDOUBT_ROOT_KEY; no new key was made',
    )
  }
  const made = Buffer.from(randomBytes(rootKeyBytes))
  if (writeOnce(path, `${made.toString('base64')}\n`, suffix)) return { bytes: made }
  const others = readKeyFile(path) // Another process made it in the meantime.
  if (others === undefined) throw new RootKeyError(`the root key file ${path} was removed while it was read`)
  return { bytes: others }
}

function fromPassphrase(
  passphrase: string,
  note: Note | undefined,
  randomBytes: (length: number) => Uint8Array,
): Found {
  if (passphrase.length < passphraseLengthMin) {
    throw new RootKeyError(`a passphrase needs at least ${passphraseLengthMin} characters`)
  }
  if (note !== undefined && note.scrypt === undefined) {
    throw new RootKeyError(`the data was sealed under root key ${note.keyId}, which comes from no passphrase`)
  }
  const scrypt = note?.scrypt ?? { ...defaultCost, salt: Buffer.from(randomBytes(16)).toString('base64') }
  const bytes = stretchSync(passphrase, Buffer.from(scrypt.salt, 'base64'), rootKeyBytes, scrypt)
  return { bytes, scrypt }
}

/** The bytes of a key file; undefined when there is none. */
function readKeyFile(path: string): Buffer | undefined {
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
    return decode(readFileSync(file, 'latin1'), `the root key file ${path}`)
  } finally {
    closeSync(file)
  }
}

function decode(text: string, what: string): Buffer {
  const trimmed = text.trim()
  const bytes = Buffer.from(trimmed, 'base64')
  if (bytes.length !== rootKeyBytes || bytes.toString('base64') !== trimmed) {
    throw new RootKeyError(`${what} does not hold ${rootKeyBytes} bytes in base64 (44 characters)`)
  }
  return bytes
}

function readNote(path: string): Note | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new RootKeyError(`${path} cannot be read: ${codeOf(error) ?? 'unknown error'}`)
  }
  const note = parseNote(text)
  if (note === undefined)
    throw new RootKeyError(`${path} is damaged; restore it from a backup: nothing was changed`)
  return note
}

function parseNote(text: string): Note | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
  if (!isRecord(value) || value['version'] !== 1) return undefined
  const { keyId, scrypt } = value
  if (typeof keyId !== 'string' || !/^[0-9a-f]{16}$/.test(keyId)) return undefined
  if (scrypt === undefined) return { version: 1, keyId }
  if (!isRecord(scrypt) || typeof scrypt['salt'] !== 'string') return undefined
  const cost: ScryptCost = { log2N: Number(scrypt['log2N']), r: Number(scrypt['r']), p: Number(scrypt['p']) }
  return isBearable(cost) ? { version: 1, keyId, scrypt: { ...cost, salt: scrypt['salt'] } } : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
