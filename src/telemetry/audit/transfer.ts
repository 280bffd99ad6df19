import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Reader } from '#core/store/index.ts'
import { listSegments, listSegmentsSync } from '../retention.ts'
import { linesOfSegment } from '../segment-lines.ts'
import { findBeginning, folderSince } from './beginning.ts'
import { repair } from './repair.ts'
import { readRecord } from './stored-record.ts'

const segmentBytesMax = 16 * 1024 ** 2

/** The audit records of an account that a data directory has, a line each; a server may be writing more. */
export async function* recordsOfAccount(directory: string, account: string): AsyncGenerator<string> {
  const telemetry = join(directory, 'telemetry')
  const text = `"recipientAccountId":"${account}"`
  // After a reset the trail goes on in a folder of another name.
  for (const folder of readdirSync(telemetry).filter((name) => /^audit(?:-[0-9a-f]+)?$/.test(name)))
    for (const name of await listSegments(join(telemetry, folder)))
      for (const line of await linesOfSegment(join(telemetry, folder), name))
        if (line.includes(text) && readRecord(line).recipientAccountId === account) yield line
}

/** Puts records of elsewhere into the trail of a data directory whose server does not run; those that it has are left out. */
export async function takeInRecords(
  directory: string,
  reader: Reader,
  lines: readonly string[],
): Promise<void> {
  const folder = folderSince(directory, findBeginning(reader))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await repair({ folder, segments: listSegmentsSync(folder), segmentBytesMax }, lines)
}
