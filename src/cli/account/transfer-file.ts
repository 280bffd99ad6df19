import { createHmac, type Hmac } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { subkey, type RootKey } from '#core/seal/index.ts'
import type { KeyedDocument } from '#core/store/index.ts'

// A file of one account: lines of JSON. First what it is, then documents (secrets sealed under the transfer key), archives of code, and
// audit records, then how many, with an HMAC-SHA-256 under the transfer key of all bytes before. Nothing is taken from it before that fits.

/** What an export says of itself. */
export interface TransferHead {
  readonly redoubt: 'account'
  readonly format: 1
  /** The version of Redoubt that made it. */
  readonly version: string
  readonly account: string
  readonly partition: string
  /** Made of one whose credentials are known to everybody. */
  readonly dev: boolean
  readonly madeAtMs: number
  /** For the passphrase, in base64. */
  readonly salt: string
  /** A text that only the right transfer key opens. */
  readonly check: string
}

export type TransferLine =
  | { readonly document: KeyedDocument }
  /** An archive of code, in base64. */
  | { readonly code: string; readonly digest: string }
  /** An audit record, as its line. */
  | { readonly record: string }

/** What is in an export. */
export interface TransferCounts {
  readonly documents: number
  readonly code: number
  readonly records: number
}

/** What cannot be exported or imported; the message says what to do. Nothing was changed. */
export class TransferRefused extends Error {}

/** Units: bytes. An archive of code has 250 MiB at most, before base64. */
const lineBytesMax = 400 * 1024 ** 2
const pieceBytes = 1024 ** 2
const newline = 0x0a

function sumOf(key: RootKey): Hmac {
  return createHmac('sha256', subkey(key, 'account transfer'))
}

/** Writes an export that takes its name once it is whole and on disk. INVARIANT: nothing that exists is written over. */
export class TransferWriter {
  readonly #path: string
  readonly #file: number
  readonly #sum: Hmac
  readonly #counts = { documents: 0, code: 0, records: 0 }

  constructor(path: string, key: RootKey, head: TransferHead) {
    this.#path = path
    this.#file = openSync(`${path}.partial`, 'wx', 0o600)
    this.#sum = sumOf(key)
    this.#sum.update(this.#write(head))
  }

  add(line: TransferLine): void {
    if ('document' in line) this.#counts.documents += 1
    else if ('code' in line) this.#counts.code += 1
    else this.#counts.records += 1
    this.#sum.update(this.#write(line))
  }

  end(): TransferCounts {
    this.#sum.update(this.#write({ end: this.#counts }))
    this.#write({ mac: this.#sum.digest('hex') })
    fsyncSync(this.#file)
    closeSync(this.#file)
    renameSync(`${this.#path}.partial`, this.#path)
    return this.#counts
  }

  abandon(): void {
    closeSync(this.#file)
    rmSync(`${this.#path}.partial`, { force: true })
  }

  #write(line: object): Buffer {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done)
    return bytes
  }
}

/** Reads what an export says of itself. It is not checked yet: `checkTransfer` does that. Faults: TransferRefused. */
export async function readHead(path: string): Promise<TransferHead> {
  for await (const line of linesOf(path)) {
    const value = parse(line)
    if (value['redoubt'] !== 'account') break
    if (value['format'] !== 1)
      throw new TransferRefused(
        `${path} has a format that this version of Redoubt does not know: use a later one`,
      )
    const texts = ['version', 'account', 'partition', 'salt', 'check'].map((name) => value[name])
    if (!texts.every((text) => typeof text === 'string') || !/^\d{12}$/.test(String(value['account']))) break
    return value as unknown as TransferHead // What is used of it was looked at above.
  }
  throw new TransferRefused(`${path} is no export of an account, or its beginning is damaged`)
}

/** Reads an export to its end, and refuses one that is not whole, to the last bit. Faults: TransferRefused. */
export async function checkTransfer(path: string, key: RootKey): Promise<TransferCounts> {
  const sum = sumOf(key)
  let end: Buffer = Buffer.alloc(0)
  let last: Buffer = end
  for await (const line of linesOf(path)) {
    if (last.length > 0) sum.update(last).update('\n')
    ;[end, last] = [last, line]
  }
  if (last.toString() !== JSON.stringify({ mac: sum.digest('hex') })) throw damaged(path)
  return parse(end)['end'] as TransferCounts // By its sum, of whoever knows the passphrase.
}

/** What is in an export that was checked. */
export async function* transferLines(path: string): AsyncGenerator<TransferLine> {
  let isHead = true
  for await (const line of linesOf(path)) {
    const value = parse(line)
    if (!isHead && ['document', 'code', 'record'].some((kind) => kind in value))
      yield value as unknown as TransferLine // Ours, by its sum.
    isHead = false
  }
}

function damaged(path: string): TransferRefused {
  return new TransferRefused(
    `${path} is cut off or damaged: nothing was changed; export again, or use another copy`,
  )
}

function parse(line: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>> // Just seen.
  } catch {
    // SyntaxError: the only thing JSON.parse throws.
  }
  return {}
}

/** Whole lines: of what does not end with one, nothing was written. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch {
    throw new TransferRefused(`there is no file ${path} that can be read`)
  }
  try {
    let pieces: Buffer[] = []
    let bytes = 0
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes)
      if (bytesRead === 0) {
        if (bytes > 0) throw damaged(path) // No newline is at its end.
        return
      }
      let start = 0
      for (
        let end = buffer.indexOf(newline);
        end >= 0 && end < bytesRead;
        end = buffer.indexOf(newline, start)
      ) {
        yield Buffer.concat([...pieces, buffer.subarray(start, end)])
        pieces = []
        bytes = 0
        start = end + 1
      }
      pieces.push(buffer.subarray(start, bytesRead))
      bytes += bytesRead - start
      if (bytes > lineBytesMax) throw damaged(path)
    }
  } finally {
    await file.close()
  }
}
