import { resolve } from 'node:path'
import { RootKeyError } from '#core/seal/index.ts'
import { askReload } from '../control-client.ts'
import type { ReloadStage } from './hand-over.ts'

/** What `redoubt reload` was told. */
export interface ReloadOptions {
  readonly data: string
  /** Units: seconds. */
  readonly wait: number
}

/** Has the server of a data directory hand over to a successor, and prints how it goes. Sets the exit code: 1 it did not; 3 none runs. */
export async function reloadServer({ data, wait }: ReloadOptions): Promise<void> {
  const directory = resolve(data)
  try {
    const answers = await askReload(directory, { waitMs: wait * 1000 })
    if (answers === undefined)
      return fail(
        3,
        `no server runs on ${directory}: start it with 'redoubt serve', or name its directory with --data`,
      )
    for await (const answer of answers) {
      if (answer.kind === 'stage') console.log(wordsOf(answer.stage, wait))
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

function wordsOf(stage: ReloadStage, wait: number): string {
  switch (stage) {
    case 'before-connections':
      return 'The last reload is waited for: requests at the edge of the server before this one are under way.'
    case 'loading':
      return 'The successor is started and checked; the server serves on meanwhile.'
    case 'before-functions':
      return `Functions run that may take longer than a stop allows. The server serves on until they have ended: ${wait} s at most (--wait).`
    case 'handing-over':
      return 'The server answers what is under way and hands over.'
  }
}

function fail(code: number, message: string): void {
  console.error(`redoubt: ${message}`)
  process.exitCode = code
}
