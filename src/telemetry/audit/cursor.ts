import { hash } from 'node:crypto'
import { parseSegmentFile, segmentFile, type SegmentName } from '../segment-name.ts'

/** Up to where one worker's segments remain to be read: in `segment`, what is before `end`, and all older segments. */
export interface Position {
  readonly segment: SegmentName
  /** Units: bytes. The end of a line, or 0. */
  readonly end: number
}

/** Where the next page begins: a position for each worker that has anything left. */
export type Cursor = ReadonlyMap<number, Position>

/** Writes a cursor as a token that only fits the query that it was made for. */
export function writeToken(cursor: Cursor, query: string): string {
  const positions = [...cursor.values()].map(({ segment, end }) => [segmentFile(segment), end])
  return Buffer.from(JSON.stringify([fingerprint(query), ...positions])).toString('base64url')
}

/** Reads a token; undefined for one that is malformed or belongs to another query. It names files, so it is checked strictly. */
export function readToken(token: string, query: string): Cursor | undefined {
  const parts = parseList(Buffer.from(token, 'base64url').toString('utf8'))
  if (!parts || parts[0] !== fingerprint(query)) return undefined
  const cursor = new Map<number, Position>()
  for (const part of parts.slice(1)) {
    if (!Array.isArray(part) || part.length !== 2) return undefined
    const [file, end] = part as readonly unknown[] // Checked in the next lines.
    const segment = typeof file === 'string' ? parseSegmentFile(file) : undefined
    if (!segment || typeof end !== 'number' || !Number.isSafeInteger(end) || end < 0) return undefined
    cursor.set(segment.worker, { segment, end })
  }
  return cursor
}

function fingerprint(query: string): string {
  return hash('sha256', query, 'hex').slice(0, 16)
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? (value as readonly unknown[]) : undefined // `isArray` gives any[].
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
}
