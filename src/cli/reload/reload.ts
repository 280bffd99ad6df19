import { resolve } from 'node:path'
import { RootKeyError } from '#core/seal/index.ts'
import { askReload } from '../control-client.ts'
import type { ReloadStage } from './hand-over.ts'

/** What `redoubt reload` was told. */
export interface ReloadOptions {
  readonly data: string
}

/** Has the server of a data directory hand over to a successor, and prints how it goes. Sets the exit code: 1 it did not; 3 none runs. */
export async function reloadServer({ data }: ReloadOptions): Promise<void> {
  const directory = resolve(data)
  try {
    const answers = await askReload(directory)
    if (answers === undefined)
      return fail(
        3,
        `no server runs on ${directory}: start it with 'redoubt serve', or name its directory with --data`,
      )
    for await (const answer of answers) {
      if (answer.kind === 'stage') console.log(words[answer.stage])
      if (answer.kind === 'refused') return fail(1, answer.message)
      if (answer.kind !== 'reloaded') continue
      const { pid, waitedMs } = answer.reloaded
      console.log(
        `Redoubt serves as process ${pid}. New connections waited ${waitedMs} ms at most; none was refused.`,
      )
      return
    }
    fail(1, 'the server ended before its successor served; its log says why')
  } catch (error) {
    if (!(error instanceof RootKeyError)) throw error
    fail(1, error.message)
  }
}

const words = {
  loading: 'The successor is started and checked; the server serves on meanwhile.',
  'handing-over': 'The server answers what is under way and hands over.',
} as const satisfies Record<ReloadStage, string>

function fail(code: number, message: string): void {
  console.error(`redoubt: ${message}`)
  process.exitCode = code
}
