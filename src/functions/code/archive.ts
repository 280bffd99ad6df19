import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { quotas } from '../quotas.ts'

/** Why an archive is refused. */
export class BadArchive extends Error {
  readonly kind: 'unreadable' | 'too-large'

  constructor(kind: BadArchive['kind'], message: string) {
    super(message)
    this.name = 'BadArchive'
    this.kind = kind
  }
}

const typeMask = 0o170000
const regularFile = 0o100000
const folder = 0o040000

/**
 * Reads an archive to its end and gives the bytes of its contents. Nothing is written.
 * Faults: BadArchive: it is none, names a place outside of itself, has a link or a device, is encrypted, or is too large unpacked.
 */
export function measureArchive(bytes: Uint8Array): Promise<number> {
  return read(bytes, async (_entry, open) => {
    await pipeline(await open(), new Writable({ write: (_piece, _encoding, done) => done() }))
  })
}

/** Unpacks an archive into an existing folder. A file that is there already (of an earlier layer) is replaced. Faults: BadArchive. */
export function unpackArchive(bytes: Uint8Array, into: string): Promise<number> {
  return read(bytes, async (entry, open) => {
    const path = join(into, entry.fileName)
    await mkdir(dirname(path), { recursive: true, mode: 0o750 })
    // No bit but "executable" is taken from the archive: neither setuid nor writable by others.
    const mode = ((entry.externalFileAttributes >>> 16) & 0o111) === 0 ? 0o640 : 0o750
    await pipeline(await open(), createWriteStream(path, { mode }))
  })
}

type OpenEntry = () => Promise<NodeJS.ReadableStream>

async function read(
  bytes: Uint8Array,
  take: (entry: Entry, open: OpenEntry) => Promise<void>,
): Promise<number> {
  try {
    // It checks that names are relative and without `..`, and that an entry has the size that it says.
    const archive = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
      lazyEntries: true,
      strictFileNames: true,
    })
    return await readEntries(archive, take)
  } catch (error) {
    if (error instanceof BadArchive || isOfTheMachine(error)) throw error
    throw new BadArchive('unreadable', error instanceof Error ? error.message : 'it cannot be read')
  }
}

async function readEntries(
  archive: ZipFile,
  take: (entry: Entry, open: OpenEntry) => Promise<void>,
): Promise<number> {
  if (archive.entryCount > quotas.archiveEntriesMax)
    throw new BadArchive('too-large', 'it has too many entries')
  let total = 0
  let entries = 0
  for await (const entry of archive.eachEntry()) {
    entries += 1
    total += entry.uncompressedSize
    if (total > quotas.unzippedBytesMax) throw new BadArchive('too-large', 'its contents are too large')
    assertPlainEntry(entry)
    if (entry.fileName.endsWith('/')) continue
    await take(entry, () => archive.openReadStreamPromise(entry))
  }
  if (entries === 0) throw new BadArchive('unreadable', 'it is empty')
  return total
}

function assertPlainEntry(entry: Entry): void {
  const { fileName, externalFileAttributes } = entry
  if (entry.isEncrypted()) throw new BadArchive('unreadable', `${fileName} is encrypted`)
  if (fileName.includes('\0') || fileName.length > 1024)
    throw new BadArchive('unreadable', 'a name is no path')
  const type = (externalFileAttributes >>> 16) & typeMask
  if (type !== 0 && type !== regularFile && type !== folder)
    throw new BadArchive('unreadable', `${fileName} is neither a file nor a folder`)
}

/** A full disk is not the archive's fault. */
function isOfTheMachine(error: unknown): boolean {
  return (
    error instanceof Error &&
    'syscall' in error &&
    !['ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG'].includes(String((error as NodeJS.ErrnoException).code))
  )
}
