import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chunksOf } from './close-segment.ts'
import { logSegmentFile, logSegmentsAmong } from './log-segment-file.ts'

/** Reads all chunks of log events there are, tells those that are damaged, and gives how many are whole. */
export async function verifyLogs(folder: string): Promise<number> {
  let chunks = 0
  for (const segment of logSegmentsAmong(readdirSync(folder))) {
    const path = join(folder, logSegmentFile(segment))
    chunks += [...chunksOf(await readFile(path), path)].length
  }
  return chunks
}
