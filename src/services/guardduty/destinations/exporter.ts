import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { uuid } from '#core/ids.ts'
import type { Log } from '#core/log.ts'
import { type FoundAnywhere, type Scope, type Store } from '#core/store/index.ts'
import { createLoggedRounds } from '#core/rounds.ts'
import type { World } from '#core/world.ts'
import { type DestinationDocument, destinations, type ExportDocument, exports } from '../documents.ts'
import { folderOf, parseDestination } from './place.ts'

const gzipped = promisify(gzip)

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes' | 'every'>
  /** The data directory. */
  readonly directory: string
  readonly log: Log
}

/** Writes findings to the buckets that they are exported to; one worker has it. */
export interface Exporter {
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

const everyMs = 30_000
/** Findings of one file. */
const fileMax = 500
/** What could not be exported for so long is given up. Units: milliseconds. */
const givenUpMs = 7 * 24 * 3_600_000

type Waiting = FoundAnywhere<ExportDocument>

/**
 * Findings that wait are documents: they are gone once their file is whole, so that after a crash a finding may be in two files and is in
 * one at least.
 */
export function createExporter({ store, world, directory, log }: Parts): Exporter {
  const buckets = join(directory, 'buckets')

  async function passNow(): Promise<void> {
    const waiting = store.read.findAnywhere(exports, 'all', 'all')
    const byDestination = Map.groupBy(
      waiting,
      ({ account, region, document }) => `${account}/${region}/${document.destinationId}`,
    )
    for (const all of byDestination.values())
      for (let at = 0; at < all.length; at += fileMax)
        if (!(await exportSome(all.slice(at, at + fileMax)))) break
  }

  /** One file. False where it could not be written: the next pass tries again. */
  async function exportSome(some: readonly Waiting[]): Promise<boolean> {
    const [first] = some
    if (!first) return true
    const scope = { account: first.account, region: first.region }
    const destination = store.read.get(destinations, scope, first.document.destinationId)
    const error = destination && (await write(destination, scope, some))
    if (error !== undefined) log({ level: 'error', event: 'findings-not-exported', reason: error })
    const isOver = error === undefined || world.nowMs() - first.document.atMs > givenUpMs
    await store.transact((tx) => {
      if (isOver) for (const { id } of some) tx.delete(exports, scope, id)
      const now = destination && tx.get(destinations, scope, destination.id)
      if (!now || (now.failingSinceMs === undefined) === (error === undefined)) return
      const failingSinceMs = error === undefined ? undefined : world.nowMs()
      tx.put(destinations, scope, now.id, { ...now, failingSinceMs })
    })
    return isOver
  }

  /** Answers what the file system has against it. */
  async function write(
    { destinationArn }: DestinationDocument,
    { account, region }: Scope,
    some: readonly Waiting[],
  ): Promise<string | undefined> {
    const place = parseDestination(destinationArn)
    if (!place) return 'the destination is no bucket'
    try {
      const folder = folderOf(buckets, place, { account, region, atMs: world.nowMs() })
      const file = `${uuid(world.randomBytes)}.jsonl.gz`
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const text = some.map(({ document }) => `${JSON.stringify(document.finding)}\n`).join('')
      const unfinished = join(folder, `.${file}.part`)
      try {
        await writeFile(unfinished, await gzipped(text), { mode: 0o600, flag: 'wx', flush: true })
        await rename(unfinished, join(folder, file))
      } catch (error) {
        // The next pass writes another: on a full disk these would stay for ever.
        await rm(unfinished, { force: true })
        throw error
      }
      return undefined
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) return error.message
      throw error
    }
  }

  const rounds = createLoggedRounds({ world, log }, everyMs, 'findings-not-exported', passNow)

  return {
    pass: rounds.now,
    close: rounds.close,
  }
}
