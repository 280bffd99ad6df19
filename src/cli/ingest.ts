import { EventEmitter, once as onceOf } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { resolve } from 'node:path'
import { DirectoryInUse } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { visible } from '#core/visible.ts'
import {
  ingest,
  type Ingested,
  type IngestKind,
  type IngestOptions,
  type IngestProgress,
} from '#telemetry/ingest/index.ts'

/** What `redoubt ingest` was told. */
export interface IngestFlags {
  readonly data: string
  readonly account?: string
  readonly format?: string
  readonly watch: boolean
}

/** After a change more comes, mostly: so long is waited with `--watch`. Units: milliseconds. */
const settleMs = 500

/** Brings records of files to detection. Sets the exit code 1 where that fails. */
export async function ingestFiles(
  kind: IngestKind,
  paths: readonly string[],
  flags: IngestFlags,
): Promise<void> {
  const { account, format, watch } = flags
  const options: IngestOptions = {
    ...{ directory: resolve(flags.data), kind, paths: paths.map((path) => resolve(path)) },
    ...{ account, format, growing: watch },
  }
  try {
    await once(options)
    if (!watch) return
    console.log('Watching; press Ctrl-C to stop.')
    await ingestForEver(options)
  } catch (error) {
    console.error(`redoubt: ${visible(reasonOf(error))}`)
    process.exitCode = 1
  }
}

async function ingestForEver(options: IngestOptions): Promise<never> {
  const changes = new EventEmitter()
  let isChanged = true // Something may have come since the first look.
  const { after } = systemWorld()
  const watchers: FSWatcher[] = []
  try {
    for (const path of options.paths) {
      const watcher = watch(path, { recursive: true }, () => {
        isChanged = true
        changes.emit('change')
      })
      watchers.push(watcher)
    }
    for (;;) {
      if (!isChanged) await onceOf(changes, 'change')
      await new Promise<void>((resolve) => void after(settleMs, resolve))
      isChanged = false
      await once(options)
    }
  } finally {
    // A process that watches goes on, whatever it has told.
    for (const watcher of watchers) watcher.close()
  }
}

/** Ingests what there is. Of what is watched, only what came is told. */
async function once(options: IngestOptions): Promise<void> {
  const done = await ingest(options, systemWorld(), progressBar())
  if (options.growing !== true || done.records > 0 || done.rejected.size > 0) console.log(summary(done))
}

/** What the operator can do something about; anything else is a bug. */
function reasonOf(error: unknown): string {
  if (error instanceof DirectoryInUse)
    return 'another command ingests into this directory: wait for it, or end it'
  if (error instanceof Error && 'syscall' in error) return error.message
  throw error
}

const barCells = 30

/** A bar on a terminal; where nobody looks, nothing. */
function progressBar(): (progress: IngestProgress) => void {
  if (!process.stderr.isTTY) return () => undefined
  return ({ files, filesOf, bytes, bytesOf, records }) => {
    const part = bytesOf === 0 ? 1 : Math.min(bytes / bytesOf, 1)
    const bar = '█'.repeat(Math.round(part * barCells)).padEnd(barCells, '·')
    const end = files === filesOf ? '\n' : ''
    process.stderr.write(
      `\r${bar} ${Math.round(part * 100)} %  ${files} of ${filesOf} files  ${records.toLocaleString('en')} records${end}`,
    )
  }
}

/** What came of it, for people. */
export function summary({ files, records, rejected, accounts, taken }: Ingested): string {
  const count = (number: number): string => number.toLocaleString('en')
  const lines = [`${count(records)} records of ${count(files)} files are ingested.`]
  if (taken > 0) lines.push(`${count(taken)} lines were ingested before.`)
  for (const [reason, times] of [...rejected].toSorted(([, one], [, other]) => other - one))
    lines.push(`rejected: ${count(times)} × ${reason}`)
  const [first, ...others] = [...accounts].toSorted(([, one], [, other]) => other - one)
  if (first)
    lines.push(
      `They are of account ${visible(first[0])}${others.length > 0 ? ` and ${others.length} others` : ''}: GuardDuty looks at them where that account has an enabled detector (--account makes them another's).`,
    )
  return lines.join('\n')
}
