import assert from 'node:assert/strict'
import { crc32 } from 'node:zlib'

// A summed line is an object of JSON whose last member is the CRC-32 of all bytes before that member: `…,"~":"1a2b3c4d"}`. It finds
// flipped bits; it is no defence against whoever may write to the file. Which segments have such lines, their names tell: a line that lost
// its sum must not pass for one that never had any.

const label = Buffer.from(',"~":"')
const ending = Buffer.from('"}')
const digits = 8
const sumBytes = label.length + digits + ending.length
const newline = 0x0a
const blank = ' '

/** By how much a line grows. Units: bytes. */
export const addedBySum = sumBytes - 1

/** A line of JSON with its sum. */
export function withSum(line: string): string {
  assert.ok(line.length > 2 && line.endsWith('}'), 'a line of a segment is an object of JSON')
  const body = line.slice(0, -1)
  return `${body},"~":"${crc32(body).toString(16).padStart(digits, '0')}"}`
}

/** A summed line as it was before: what it is called with was checked. */
export function withoutSum(line: string): string {
  return `${line.slice(0, -sumBytes)}}`
}

/** Whether the bytes from `start` to `end` are a summed line that is as it was written. */
function isWhole(bytes: Buffer, start: number, end: number): boolean {
  const at = end - sumBytes
  if (at <= start || bytes.compare(label, 0, label.length, at, at + label.length) !== 0) return false
  if (bytes.compare(ending, 0, ending.length, end - ending.length, end) !== 0) return false
  const sum = Number.parseInt(bytes.toString('latin1', at + label.length, end - ending.length), 16)
  return sum === crc32(bytes.subarray(start, at))
}

/** Blanks the lines that are not as they were written, so that nobody finds anything in them, and tells where each begins. */
export function blankDamaged(bytes: Buffer, tell: (at: number) => void): void {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start)
    const end = found < 0 ? bytes.length : found
    if (!isWhole(bytes, start, end) && !isBlank(bytes, start, end)) {
      bytes.fill(blank, start, end)
      tell(start)
    }
    start = end + 1
  }
}

/** A line that was blanked when it was read from a compressed segment was told then. */
function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0x20) return false
  return true
}
