// The databases that every store test runs on. Each gives stores that share one database and one head, as workers do.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { Driver } from '../../src/core/store/driver.ts'
import { Head } from '../../src/core/store/head.ts'
import { MemoryDatabase, memoryDriver } from '../../src/core/store/memory-driver.ts'
import { SqliteDriver } from '../../src/core/store/sqlite-driver.ts'
import { Store, type StoreOptions } from '../../src/core/store/store.ts'

/** One database, and the stores over it. */
export interface Database {
  open(options?: StoreOptions): Promise<Store>
  /** Makes every commit fail, or lets them through again. */
  failCommits(failing: boolean): void
  /** Closes all stores and removes what is on disk. */
  dispose(): Promise<void>
}

/** `entriesKept` is small in tests of a trimmed log. */
export type DatabaseKind = readonly [name: string, create: (entriesKept?: number) => Database]

export const databases: readonly DatabaseKind[] = [
  ['memory', (entriesKept) => overMemory(memoryDriver, entriesKept)],
  ['memory, with promises', (entriesKept) => overMemory(slowDriver, entriesKept)],
  ['SQLite', overSqlite],
]

class DiskFull extends Error {}

function overMemory(
  driverOf: (database: MemoryDatabase, state: Failing) => Driver,
  entriesKept?: number,
): Database {
  const memory = new MemoryDatabase(entriesKept)
  const state = { failing: false }
  return gather(new Head(), () => failingDriver(driverOf(memory, state), state), {
    failCommits: (failing) => {
      state.failing = failing
    },
    remove: () => undefined,
  })
}

function overSqlite(entriesKept?: number): Database {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-store-'))
  const path = join(directory, 'redoubt.db')
  const head = new Head()
  return gather(
    head,
    () => new SqliteDriver({ path, head, ...(entriesKept !== undefined && { entriesKept }) }),
    {
      failCommits(failing) {
        const other = new DatabaseSync(path, { timeout: 1000 })
        // The database itself refuses, behind the append to the log: half of the group's work is done by then.
        const trigger =
          "CREATE TRIGGER full BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        other.exec(failing ? trigger : 'DROP TRIGGER full')
        other.close()
      },
      remove: () => rmSync(directory, { recursive: true }),
    },
  )
}

function gather(
  head: Head,
  driver: () => Driver,
  rest: { failCommits: (failing: boolean) => void; remove: () => void },
): Database {
  const stores: Store[] = []
  return {
    async open(options) {
      const opened = driver()
      const store = new Store(opened, head, await opened.snapshot(), { strict: true, ...options })
      stores.push(store)
      return store
    },
    failCommits: rest.failCommits,
    async dispose() {
      for (const store of stores) await store.close()
      rest.remove()
    },
  }
}

interface Failing {
  failing: boolean
}

function failingDriver(driver: Driver, state: Failing): Driver {
  return {
    ...driver,
    commitGroup: (since, decide) =>
      driver.commitGroup(since, (missed) => {
        const entries = decide(missed)
        if (state.failing) throw new DiskFull('disk full')
        return entries
      }),
  }
}

const locks = new WeakMap<MemoryDatabase, Promise<void>>()

/** A memory driver that answers as one over a network would: later, with a lock, and with an answer that lags the commit. */
function slowDriver(database: MemoryDatabase): Driver {
  const later = async <T>(answer: () => T): Promise<T> => {
    await turn()
    return answer()
  }
  return {
    snapshot: () => later(() => database.snapshot()),
    missedSince: (seq) => later(() => database.missedSince(seq)),
    commitGroup(since, decide) {
      const work = async () => {
        await turn()
        const entries = decide(database.missedSince(since))
        await turn()
        database.append(entries)
        await turn()
      }
      const done = (locks.get(database) ?? Promise.resolve()).then(work)
      // The next writer waits for this one however it ends.
      locks.set(
        database,
        done.then(undefined, () => undefined),
      )
      return done
    },
    recordsSince: (seq) => later(() => database.recordsSince(seq)),
    close: () => later(() => undefined),
  }
}
