import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** How far a file was ingested: so many lines of it. A file is known by its path and what it begins with. */
export interface Journal {
  readonly linesOf: (file: string) => number
  /** Notes it, on disk once it returns. */
  readonly note: (file: string, lines: number) => void
  readonly close: () => void
}

/** Opens the journal of a folder. A torn line at its end makes some records come twice, and no more. */
export function openJournal(folder: string): Journal {
  const path = join(folder, 'journal')
  const known = new Map<string, number>()
  for (const line of readIfThere(path).split('\n')) {
    const [, key, lines] = /^([0-9a-f]{64}) (\d{1,15})$/.exec(line) ?? []
    if (key !== undefined) known.set(key, Number(lines))
  }
  const file = openSync(path, 'a', 0o600)
  return {
    linesOf: (key) => known.get(key) ?? 0,
    note(key, lines) {
      known.set(key, lines)
      writeFileSync(file, `\n${key} ${lines}`)
      fdatasyncSync(file)
    },
    close: () => closeSync(file),
  }
}

const headBytes = 1024

/** Tells a file from others: by its kind, its path, and its first line, as far as it is within the first 1,024 bytes. */
export async function identityOf(kind: string, path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(headBytes)
    const { bytesRead } = await file.read(head, 0, headBytes, 0)
    const lineEnd = head.indexOf('\n')
    return createHash('sha256')
      .update(JSON.stringify([kind, path]))
      .update(head.subarray(0, lineEnd < 0 ? bytesRead : lineEnd))
      .digest('hex')
  } finally {
    await file.close()
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
