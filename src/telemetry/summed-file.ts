import { readFile } from 'node:fs/promises'
import { tellDamage } from './damage.ts'
import { blankDamaged, withoutSum, withSum } from './line-sums.ts'

// A file of summed lines that was written at once and then got its name: nothing in it is torn. Such files are called `….summed.jsonl`.

/** What is found of one. */
export interface SummedFile {
  /** Those that are as they were written. */
  readonly lines: readonly string[]
  /** Whether all are. */
  readonly isWhole: boolean
}

/** Objects of JSON as lines with their sums. */
export function summedText(lines: readonly string[]): string {
  return lines.map((line) => `${withSum(line)}\n`).join('')
}

/** Reads one; what is damaged is told and passed over. Undefined where there is none. Faults: what the file system says. */
export async function readSummedFile(path: string): Promise<SummedFile | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  let isWhole = true
  const tell = (at: number): void => {
    isWhole = false
    tellDamage({ file: path, at })
  }
  const end = bytes.lastIndexOf('\n') + 1
  blankDamaged(bytes.subarray(0, end), tell)
  if (end < bytes.length) tell(end)
  const lines: string[] = []
  for (let start = 0; start < end;) {
    const next = bytes.indexOf('\n', start)
    // What was blanked begins with a blank, which no object does.
    if (bytes[start] === openingBrace) lines.push(withoutSum(bytes.toString('utf8', start, next)))
    start = next + 1
  }
  return { lines, isWhole }
}

const openingBrace = 0x7b
