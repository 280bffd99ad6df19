import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from '#core/world.ts'
import { listSegments } from '../retention.ts'
import { segmentPlace } from '../segment-file.ts'
import { dayOf } from '../segment-name.ts'
import { runJob } from './run-job.ts'

interface Asked {
  /** The data directory; a server may be using it. */
  readonly directory: string
  /** Units: milliseconds since 1970; the end is not in it. */
  readonly fromMs: number
  readonly toMs: number
  /** The file to write, by its whole path. */
  readonly file: string
}

const timeMs = 3_600_000
const dayMs = 86_400_000

/** Writes the audit records of all accounts from a time as one Parquet file. Answers why that failed, if it did. */
export async function exportAudit(
  { directory, fromMs, toMs, file }: Asked,
  world: Pick<World, 'after'>,
): Promise<string | undefined> {
  const telemetry = join(directory, 'telemetry')
  const folders = (await readdir(telemetry)).filter((name) => /^audit(?:-[0-9a-f]+)?$/.test(name))
  const paths: string[] = []
  for (const folder of folders)
    for (const name of await listSegments(join(telemetry, folder)))
      // A record is in a segment of its own day, or of the next when it waited past midnight.
      if (name.day >= dayOf(Math.max(0, fromMs)) && name.day <= dayOf(toMs + dayMs))
        paths.push((await segmentPlace(join(telemetry, folder), name)).path)
  // Any of them may be the one that is being written.
  const job = { kind: 'export', segments: [], growing: paths, fromMs, toMs, file } as const
  const answer = await runJob(job, { timeMs, answerBytesMax: 64 * 1024 }, world).ends
  return answer.kind === 'done' ? undefined : answer.reason
}
