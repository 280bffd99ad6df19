import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { databaseFile, lockFile } from '#core/store/index.ts'

/** How the files of a data directory are taken into a backup. */
export type Part =
  /** Archives of functions, which documents name. */
  | 'code'
  /** What detection remembers: files of one generation, and the cursors that name it. */
  | 'detection'
  /** Whatever else is written whole, what says how far segments were read among it. */
  | 'whole'
  /** What is only ever appended to. */
  | 'segments'
  /** The root key itself. */
  | 'root-key'

/** Files of a data directory that are in a backup, by part; paths below it, with `/` between their parts. */
export function filesOf(directory: string): ReadonlyMap<Part, readonly string[]> {
  const parts = new Map<Part, string[]>([
    ['code', []],
    ['detection', []],
    ['whole', []],
    ['segments', []],
    ['root-key', []],
  ])
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/')
    const part = partOf(path, entry.name)
    if (part) parts.get(part)?.push(path)
  }
  return parts
}

/** Says which generation of detection's files counts; written last (services/guardduty/runner/state-files.ts). */
export const detectionCursors = 'telemetry/detection/cursors.summed.jsonl'
const detectionState = /^telemetry\/detection\/[^/]+\.detection\.summed\.jsonl$/

/** What is written aside before it takes its name, and what belongs to a process; in buckets names are their users'. */
const passing = /\.(?:tmp|new|partial)$|^(?:control|lost\+found)\//

function partOf(path: string, name: string): Part | undefined {
  if (path.startsWith('buckets/')) return 'whole'
  if (name === lockFile || passing.test(path) || path.startsWith(databaseFile)) return undefined
  if (path === 'root.key' || path === 'root.key.next') return 'root-key'
  if (path.startsWith('functions/code/')) return 'code'
  if (path === detectionCursors || detectionState.test(path)) return 'detection'
  // A day's n-th segment of a worker (telemetry/segment-name.ts), compressed or not.
  return path.startsWith('telemetry/') && /^\d{4}-\d{2}-\d{2}-\d+-\d+\./.test(name) ? 'segments' : 'whole'
}
