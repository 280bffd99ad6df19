import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from '#core/world.ts'
import { listSegments } from '../retention.ts'
import { segmentPlace } from '../segment-file.ts'
import { dayOf } from '../segment-name.ts'
import type { ObservedKind } from './observed.ts'
import { runJob } from './run-job.ts'

/** What can be exported: audit records, flows, DNS queries, web requests. */
export type ExportedKind = 'audit' | ObservedKind
/** All of them, for whoever names none. */
export const exportedKinds = ['audit', 'flow', 'dns', 'web'] as const satisfies readonly ExportedKind[]

interface Asked {
  /** The data directory; a server may be using it. */
  readonly directory: string
  readonly kind: ExportedKind
  /** Units: milliseconds since 1970; the end is not in it. */
  readonly fromMs: number
  readonly toMs: number
  /** The file to write, by its whole path. */
  readonly file: string
}

const timeMs = 3_600_000
const dayMs = 86_400_000

/** Writes the records of all accounts from a time as one Parquet file. Answers why that failed, if it did. */
export async function exportRecords(
  { directory, kind, fromMs, toMs, file }: Asked,
  world: Pick<World, 'after'>,
): Promise<string | undefined> {
  const paths = await segmentsOf(join(directory, 'telemetry'), kind, { fromMs, toMs })
  if (paths.length === 0) return 'there are no records of that time'
  const job = { kind: 'export', of: kind, growing: paths, fromMs, toMs, file } as const
  const answer = await runJob(job, { timeMs, answerBytesMax: 64 * 1024 }, world).ends
  return answer.kind === 'done' ? undefined : answer.reason
}

async function segmentsOf(
  telemetry: string,
  kind: ExportedKind,
  { fromMs, toMs }: Pick<Asked, 'fromMs' | 'toMs'>,
): Promise<readonly string[]> {
  // After a reset the audit trail goes on in a folder of another name.
  const isOfKind = (folder: string): boolean =>
    kind === 'audit' ? /^audit(?:-[0-9a-f]+)?$/.test(folder) : folder === kind
  const paths: string[] = []
  for (const folder of (await readdir(telemetry)).filter(isOfKind))
    for (const name of await listSegments(join(telemetry, folder)))
      // A record is in a segment of its own day or of a later one: it waited past midnight, or was ingested.
      if ((kind !== 'audit' || name.day <= dayOf(toMs + dayMs)) && name.day >= dayOf(Math.max(0, fromMs)))
        paths.push((await segmentPlace(join(telemetry, folder), name)).path)
  return paths
}
