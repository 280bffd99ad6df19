import { appendFileSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { channel } from 'node:diagnostics_channel'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'

/** Where something recorded is not as it was written. It was passed over. */
export interface Damage {
  /** By its whole path. */
  readonly file: string
  /** In its text, not compressed. Units: bytes. */
  readonly at: number
}

/** A place of a data directory that was found damaged, and when first. */
export interface NotedDamage {
  /** Below the data directory. */
  readonly file: string
  readonly at: number
  readonly foundAtMs: number
}

// Whoever reads records tells here: it is far from those who have a log, and what it answers does not change.
const damaged = channel('redoubt:damaged-records')

export function tellDamage(damage: Damage): void {
  damaged.publish(damage)
}

/** Hears of what this thread finds damaged; the answer ends it. */
export function hearDamage(told: (damage: Damage) => void): () => void {
  const hear = (message: unknown): void => told(message as Damage) // `tellDamage` is the only one that publishes there.
  damaged.subscribe(hear)
  return () => {
    damaged.unsubscribe(hear)
  }
}

const placesMax = 10_000

/**
 * Has the operator told of each place once: in the log, and in a note of the data directory that `redoubt status` and `redoubt doctor`
 * read. The answer ends it.
 */
export function noteDamage({
  directory,
  world,
  log,
}: {
  readonly directory: string
  readonly world: Pick<World, 'nowMs'>
  readonly log: Log
}): () => void {
  const known = new Set(readNotedDamage(directory).map(({ file, at }) => `${at} ${file}`))
  return hearDamage(({ file: path, at }) => {
    const file = relative(directory, path)
    if (file.startsWith('..') || known.size >= placesMax || known.has(`${at} ${file}`)) return
    known.add(`${at} ${file}`)
    const told = 'it was passed over; look at all with redoubt verify, and restore a backup of the file'
    log({ level: 'error', event: 'records-damaged', file, at, told })
    const noted: NotedDamage = { file, at, foundAtMs: world.nowMs() }
    try {
      appendFileSync(noteFile(directory), `${JSON.stringify(noted)}\n`, { mode: 0o600 })
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      log({ level: 'error', event: 'damage-not-noted', reason: error.message })
    }
  })
}

/** What was found damaged in a data directory so far, each place once. */
export function readNotedDamage(directory: string): readonly NotedDamage[] {
  let text: string
  try {
    text = readFileSync(noteFile(directory), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  const found = new Map<string, NotedDamage>()
  for (const line of text.split('\n')) {
    const noted = parse(line)
    if (noted && !found.has(`${noted.at} ${noted.file}`)) found.set(`${noted.at} ${noted.file}`, noted)
  }
  return [...found.values()]
}

/** The note may be damaged, too: a line that is none is passed over. */
function parse(line: string): NotedDamage | undefined {
  try {
    const { file, at, foundAtMs } = JSON.parse(line) as Partial<NotedDamage> // Looked at in the next line.
    if (typeof file !== 'string' || typeof at !== 'number' || typeof foundAtMs !== 'number') return undefined
    return { file, at, foundAtMs }
  } catch {
    return undefined
  }
}

function noteFile(directory: string): string {
  return join(directory, 'telemetry', 'damaged.jsonl')
}
