import { readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

// How far into the change log the segments are known to hold all records, one file a worker: `0.marker`.

const form = /^(\d{1,4})\.marker$/

/** Notes that the records of all of this worker's commits up to `seq` are on disk. */
export function writeMarker(folder: string, worker: number, seq: number): void {
  const path = join(folder, `${worker}.marker`)
  writeFileSync(`${path}.new`, `${seq} ${crc32(String(seq))}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/**
 * The sequence up to which every worker's records are on disk: the lowest marker, 0 without any or with one that is damaged, which
 * only makes the repair look at more.
 */
export function lowestMarker(folder: string): number {
  const seqs = markerFiles(folder).map((file) => {
    const [, seq = '', sum] = /^(\d+)(?: (\d+))?\n$/.exec(readFileSync(join(folder, file), 'utf8')) ?? []
    // Without a sum it is an earlier version's.
    return Number.isSafeInteger(Number(seq)) && (sum === undefined || Number(sum) === crc32(seq))
      ? Number(seq)
      : 0
  })
  return seqs.length === 0 ? 0 : Math.min(...seqs)
}

/** Forgets the markers of all workers, which may be others than last time. */
export function removeMarkers(folder: string): void {
  for (const file of markerFiles(folder)) unlinkSync(join(folder, file))
}

function markerFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((file) => form.test(file))
}
