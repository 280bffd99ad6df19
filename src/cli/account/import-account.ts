import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findDeployment } from '#core/deployment.ts'
import { uuid } from '#core/ids.ts'
import {
  createSeal,
  loadRootKey,
  type RootKeySource,
  rootKeysOf,
  type Seal,
  transferKeyOf,
} from '#core/seal/index.ts'
import {
  checkDatabase,
  type Collection,
  databaseFile,
  declaredCollections,
  Head,
  type KeyedDocument,
  lockDataDirectory,
  openStore,
  type Store,
} from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { openCodeStore } from '#functions/index.ts'
import { takeInRecords } from '#telemetry/index.ts'
import { checkText, unknownType } from './export-account.ts'
import {
  checkTransfer,
  readHead,
  type TransferCounts,
  type TransferHead,
  type TransferLine,
  TransferRefused,
  transferLines,
} from './transfer-file.ts'

export interface ImportRequest {
  readonly directory: string
  readonly file: string
  readonly passphrase: string
}

/** What was taken in, and whose it is. */
export interface Imported extends TransferCounts {
  readonly account: string
}

/**
 * Takes an account's export into a data directory whose server does not run. The file is read to its end before anything is changed; all
 * documents come in one transaction, after the code and the records, which nobody sees without them.
 * Faults: TransferRefused; RootKeyError; DirectoryInUse; DamagedDatabase; what the file system says.
 */
export async function importAccount(
  { directory, file, passphrase }: ImportRequest,
  source: RootKeySource,
  world: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<Imported> {
  const head = await readHead(file)
  const key = transferKeyOf(passphrase, Buffer.from(head.salt, 'base64'))
  const transfer = createSeal({ current: key, randomBytes: world.randomBytes })
  const [purpose, context] = checkText
  if (!transfer.tryOpen(purpose, context, head.check))
    throw new TransferRefused(
      'the passphrase is another one than the export was made with, or the beginning of the file is damaged',
    )
  const counts = await checkTransfer(file, key)
  if (!existsSync(join(directory, databaseFile)))
    throw new TransferRefused(
      `${directory} is no data directory: start a server on it once (redoubt serve --data ${directory}), and stop it`,
    )
  const unlock = lockDataDirectory(directory)
  try {
    const state = loadRootKey(source, directory, world.randomBytes)
    checkDatabase(directory)
    const seal = createSeal({ ...rootKeysOf(state), randomBytes: world.randomBytes })
    const store = openStore({ directory, head: new Head() })
    try {
      refuseUnfit(store, head, directory)
      await takeIn({ directory, file, account: head.account, store, transfer, seal }, world)
    } finally {
      await store.close()
    }
  } finally {
    unlock()
  }
  return { account: head.account, ...counts }
}

function refuseUnfit(store: Store, { account, partition, dev }: TransferHead, directory: string): void {
  const deployment = findDeployment(store.read)
  if (!deployment)
    throw new TransferRefused(`${directory} was never started: start a server on it once, and stop it`)
  if (deployment.partition !== partition)
    throw new TransferRefused(
      `the account is of the partition ${partition}, which all its ARNs name, and ${directory} is of ${deployment.partition}`,
    )
  if (deployment.dev !== dev)
    throw new TransferRefused(
      `the account ${dev ? 'comes from a server with --dev, whose credentials are known' : 'would be opened to the known credentials of --dev'}: nothing was changed`,
    )
  for (const found of store.read.everything())
    if (found.account === account && found.service !== 'redoubt')
      throw new TransferRefused(
        `${directory} has an account ${account} already, with ${found.service}/${found.type} ${found.id} in it: nothing was changed`,
      )
}

/** Whoever knows the passphrase can write a file whose sum fits. INVARIANT: it gives nothing to an account that it does not name. */
function refuseOthers(line: TransferLine, account: string): void {
  if ('code' in line) return
  const owner = 'document' in line ? line.document.account : recipientOf(line.record)
  if (owner !== account)
    throw new TransferRefused(
      `the export is of the account ${account}, and has something of ${owner ?? 'nobody'} in it: nothing was changed`,
    )
}

/** Undefined of what is no record, or would be several lines. */
function recipientOf(record: string): string | undefined {
  if (record.includes('\n')) return undefined
  try {
    return (JSON.parse(record) as { readonly recipientAccountId?: string } | null)?.recipientAccountId // Only compared.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

interface Places {
  readonly directory: string
  readonly file: string
  readonly account: string
  readonly store: Store
  readonly transfer: Seal
  readonly seal: Seal
}

async function takeIn(
  { directory, file, account, store, transfer, seal }: Places,
  world: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<void> {
  const known = new Map<string, Collection<object>>([...declaredCollections()].map((one) => [one.name, one]))
  const code = openCodeStore(directory, () => uuid(world.randomBytes), world.nowMs)
  const documents: (KeyedDocument & { readonly collection: Collection<object> })[] = []
  const records: string[] = []
  for await (const line of transferLines(file)) {
    refuseOthers(line, account)
    if ('record' in line) records.push(line.record)
    else if ('code' in line) {
      const { digest } = await code.put(Buffer.from(line.code, 'base64'))
      if (digest !== line.digest)
        throw new TransferRefused(`the code ${line.digest} was damaged when it was exported`)
    } else {
      const collection = known.get(`${line.document.service}/${line.document.type}`)
      if (!collection) throw unknownType(line.document)
      documents.push({ ...line.document, collection })
    }
  }
  await takeInRecords(directory, store.read, records)
  await store.transact((tx) => {
    for (const { collection, id, document, ...scope } of documents)
      tx.put(
        collection,
        scope,
        id,
        collection.reseal(collection.moved(document), id, (purpose, context, sealed) => {
          const plaintext = transfer.open(purpose, context, sealed)
          const own = seal.seal(purpose, context, plaintext)
          plaintext.fill(0)
          return own
        }),
      )
  })
}
