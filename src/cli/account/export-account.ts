import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createSeal, type RootKeySource, transferKeyOf } from '#core/seal/index.ts'
import {
  type Collection,
  databaseFile,
  declaredCollections,
  type KeyedDocument,
  openStill,
} from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { openCodeStore } from '#functions/index.ts'
import { archivesOf } from '#services/lambda/archives.ts'
import { recordsOfAccount } from '#telemetry/index.ts'
import { openSealOf } from '../backup/verify-backup.ts'
import { version } from '../version.ts'
import { type TransferCounts, TransferRefused, TransferWriter } from './transfer-file.ts'

export interface ExportRequest {
  readonly directory: string
  readonly account: string
  readonly out: string
  readonly passphrase: string
  readonly withRecords: boolean
}

/**
 * Writes all documents of an account as they are at one moment, while a server may be changing them; then the code that they name, which
 * is kept for an hour longer than they are; then its audit records where they are wanted.
 * Faults: TransferRefused; RootKeyError; DamagedDatabase; DamagedCode; what the file system says.
 */
export async function exportAccount(
  { directory, account, out, passphrase, withRecords }: ExportRequest,
  source: RootKeySource | undefined,
  world: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<TransferCounts> {
  if (!existsSync(join(directory, databaseFile)))
    throw new TransferRefused(`${directory} is no data directory: name it with --data`)
  if (existsSync(out)) throw new TransferRefused(`${out} exists: name another file with --out`)
  const seal = openSealOf(directory, source, world)
  if (!seal)
    throw new TransferRefused(
      'the root key is not in the data directory: give it as to the server, so that secrets can be opened',
    )

  const { documents, deployment } = documentsOf(directory, account)
  const salt = world.randomBytes(16)
  const key = transferKeyOf(passphrase, salt)
  const transfer = createSeal({ current: key, randomBytes: world.randomBytes })
  const known = new Map<string, Collection<object>>([...declaredCollections()].map((one) => [one.name, one]))
  const writer = new TransferWriter(out, key, {
    ...{ redoubt: 'account', format: 1, version, account, ...deployment },
    ...{
      madeAtMs: world.nowMs(),
      salt: Buffer.from(salt).toString('base64'),
      check: transfer.seal(...checkText),
    },
  })
  try {
    const archives = new Set<string>()
    for (const found of documents) {
      const { service, type, id } = found
      const collection = known.get(`${service}/${type}`)
      if (!collection) throw unknownType(found)
      const document = collection.reseal(found.document, id, (purpose, context, sealed) => {
        const plaintext = seal.open(purpose, context, sealed)
        const moved = transfer.seal(purpose, context, plaintext)
        plaintext.fill(0)
        return moved
      })
      writer.add({ document: { ...found, document } })
      for (const digest of archivesOf(found)) archives.add(digest)
    }
    const store = openCodeStore(directory, () => '', world.nowMs) // It only reads.
    for (const digest of archives) writer.add({ digest, code: (await store.get(digest)).toString('base64') })
    if (withRecords) for await (const record of recordsOfAccount(directory, account)) writer.add({ record })
    return writer.end()
  } catch (error) {
    writer.abandon()
    throw error
  }
}

/** What a transfer key shows itself by. */
export const checkText = ['account-transfer', 'check', 'redoubt'] as const

export function unknownType({ service, type }: KeyedDocument): TransferRefused {
  return new TransferRefused(
    `${service}/${type} is a type of documents that this version of Redoubt does not know: use the version that wrote them`,
  )
}

/** Of one moment: one statement reads them. */
function documentsOf(directory: string, account: string) {
  const database = openStill(join(directory, databaseFile))
  const documents: KeyedDocument[] = []
  let deployment: { readonly partition: string; readonly dev: boolean } | undefined
  try {
    for (const found of database.documents()) {
      if (found.account === account) documents.push(found)
      if (found.service !== 'redoubt' || found.type !== 'deployment') continue
      const { partition, dev } = found.document as { readonly partition: string; readonly dev: boolean } // A Deployment.
      deployment = { partition, dev }
    }
  } finally {
    database.close()
  }
  if (!deployment) throw new TransferRefused(`${directory} was never started: there is no account in it`)
  if (documents.length === 0) throw new TransferRefused(`${directory} has no account ${account}`)
  return { documents, deployment }
}
