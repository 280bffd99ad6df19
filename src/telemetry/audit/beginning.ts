import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Change, changesOf, collection, type Reader, type Transaction } from '#core/store/index.ts'

/** Where the trail begins, after a reset made it begin anew. */
export interface Beginning {
  /** Names the folder of its segments, which no earlier one shares: every worker leaves the old one when it hears of the reset. */
  readonly name: string
  /** The log's records up to here are of before. */
  readonly afterSeq: number
}

const beginnings = collection<Beginning>({ service: 'redoubt', type: 'trail-beginning' })
const scope = { account: 'redoubt', region: 'global' }
const onlyId = 'trail-beginning'
const firstFolder = 'audit'

/** Makes all workers' trails begin anew with this change: nothing that was recorded before is found any more. */
export function beginTrailAnew(
  tx: Transaction,
  { randomBytes, afterSeq }: { readonly randomBytes: (length: number) => Buffer; readonly afterSeq: number },
): void {
  tx.put(beginnings, scope, onlyId, { name: randomBytes(8).toString('hex'), afterSeq })
}

/** Undefined for a trail that was never reset. */
export function findBeginning(reader: Reader): Beginning | undefined {
  return reader.get(beginnings, scope, onlyId)
}

/** Whether a change made the trail begin anew. */
export function beginsAnew(change: Change): boolean {
  return changesOf(beginnings, change).some(({ before, after }) => before?.name !== after?.name)
}

/** The folder of the segments since a beginning. */
export function folderSince(directory: string, beginning: Beginning | undefined): string {
  return join(directory, 'telemetry', beginning ? `${firstFolder}-${beginning.name}` : firstFolder)
}

/** Empties the folder of an earlier beginning. It stays: a worker that has not heard of the reset yet may still write to it. */
export async function emptyFolder(folder: string): Promise<void> {
  for (const file of await readdir(folder)) await rm(join(folder, file), { force: true })
}

/** Removes the folders of earlier beginnings, which no worker writes to any more. */
export async function removeEarlierFolders(directory: string, kept: string): Promise<void> {
  const telemetry = join(directory, 'telemetry')
  for (const name of await readdir(telemetry)) {
    const folder = join(telemetry, name)
    const isTrail = name === firstFolder || name.startsWith(`${firstFolder}-`)
    if (isTrail && folder !== kept) await rm(folder, { recursive: true, force: true })
  }
}
