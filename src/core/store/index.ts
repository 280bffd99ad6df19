/** The store's door: documents in memory over a change log (docs: design, section 4). */
import { join } from 'node:path'
import { databaseFile } from '../database-file.ts'
import { Head } from './head.ts'
import { MemoryDatabase, memoryDriver } from './memory-driver.ts'
import { SqliteDriver } from './sqlite-driver.ts'
import { Store, type StoreOptions } from './store.ts'

export { type Collection, collection, declaredCollections, type MoveSealed } from './collection.ts'
export {
  beginRestore,
  DirectoryInUse,
  endRestore,
  lockDataDirectory,
  lockFile,
  UnfinishedRestore,
  UnusableDirectory,
} from './data-directory.ts'
export { checkDatabase, DamagedWal, examineWalOf } from './check-database.ts'
export { flip } from './wal-file.ts'
export { databaseFile } from '../database-file.ts'
export { DamagedDatabase } from './checksums.ts'
export { copyDatabase, openStill, type StillDatabase } from './database-copy.ts'
export { Head } from './head.ts'
export type { Scope } from './key.ts'
export type { Found, FoundAnywhere, Page, Reader } from './reader.ts'
export type { NotedReads } from './noted-reads.ts'
export { UnknownSchema } from './sqlite-schema.ts'
export { CommitFailed, type Store, type StoreOptions } from './store.ts'
export type { KeyedDocument, StoreReader } from './store-reader.ts'
export { type Change, changesOf, type DocumentChange } from './tail.ts'
export type { Transaction } from './transaction.ts'

/**
 * Opens the store in a data directory that this process has locked (`lockDataDirectory`). Every worker thread opens its own,
 * with a `Head` over the same buffer.
 */
export function openStore(
  options: StoreOptions & { readonly directory: string; readonly head: Head },
): Store {
  const driver = new SqliteDriver({ path: join(options.directory, databaseFile), head: options.head })
  return new Store(driver, options.head, driver.snapshot(), options)
}

/** A store that lives and dies with this thread. Strict, unless told otherwise. */
export function createMemoryStore(options: StoreOptions = {}): Store {
  const database = new MemoryDatabase()
  return new Store(memoryDriver(database), new Head(), database.snapshot(), { strict: true, ...options })
}
