// What the store does a second, by itself: durable commits (every group is synced before it is acknowledged) with one client after
// another and with 64 at once, on an empty store and on one that holds 100,000 documents, in one and in two worker threads; and how
// long it takes to open. Run: node bench/store.ts
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { collection, Head, lockDataDirectory, openStore, type Store } from '#core/store/index.ts'

interface User {
  readonly userName: string
  readonly userId: string
  readonly arn: string
  readonly path: string
  readonly createdAtMs: number
  readonly tags: Readonly<Record<string, string>>
}

const users = collection<User>({
  service: 'bench',
  type: 'user',
  indexes: { path: ({ path }) => path, userId: { anywhere: ({ userId }) => userId } },
})
const scope = { account: '000000000000', region: 'global' }
const secondsEach = Number(process.env['BENCH_SECONDS'] ?? 3)
/** About as long as an audit record. */
const record = JSON.stringify({ eventVersion: '1.11', eventName: 'CreateUser', detail: 'x'.repeat(900) })

interface Task {
  readonly directory: string
  readonly head: SharedArrayBuffer
  readonly clients: number
  readonly worker: number
}

/** What some seconds of commits came to. */
interface Rate {
  readonly perSecond: number
  /** CPU time of a commit, of all threads. Units: microseconds. */
  readonly cpuMicros: number
}

/** What CreateUser does: see that the name is free and the quota is not used up, create, record. Names come in no order. */
async function create(store: Store, prefix: string, n: number): Promise<void> {
  const name = `${((n * 7919) % 1_000_003).toString(36)}-${prefix}${n}`
  await store.transact((tx) => {
    if (tx.get(users, scope, name) || !tx.requireRoom(users, scope, 10_000_000))
      throw new Error(`${name} cannot be created`)
    tx.put(users, scope, name, {
      userName: name,
      userId: `AIDA${name.toUpperCase()}`,
      arn: `arn:aws:iam::000000000000:user/${name}`,
      path: '/',
      createdAtMs: 1_700_000_000_000 + n,
      tags: { team: 'blue', costCenter: '4711' },
    })
    tx.record(record)
  })
}

/** Commits with so many clients, each one after another, for some seconds; gives how many a second. */
async function measure(store: Store, clients: number, prefix: string): Promise<number> {
  const begin = performance.now()
  let commits = 0
  const client = async (): Promise<void> => {
    while (performance.now() - begin < secondsEach * 1000) await create(store, prefix, commits++)
  }
  await Promise.all(Array.from({ length: clients }, client))
  return Math.round((commits * 1000) / (performance.now() - begin))
}

async function fill(store: Store, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1000) {
    await Promise.all(
      Array.from({ length: Math.min(1000, count - done) }, (_, n) => create(store, 'fill', done + n)),
    )
  }
}

function open(directory: string, head: Head): { readonly store: Store; readonly openMs: number } {
  const begin = performance.now()
  const store = openStore({ directory, head })
  store.read.find(users, scope, 'path', '/', { limit: 1 }) // Builds the indexes, as the first request would.
  return { store, openMs: Math.round(performance.now() - begin) }
}

/**
 * Commits in worker threads, each with a store of its own. All have opened theirs before the first begins: reading 100,000 documents
 * and making their indexes takes a second of CPU a worker, which is the start's cost and not the commits'. Expect no more commits
 * than of one worker where the disk is the limit: a group is what one worker has waiting, so each sync serves half of the clients;
 * and each worker reads the other's entries into its own replica, which is the CPU that a commit takes beyond one worker's.
 */
async function inWorkers(directory: string, head: Head, workers: number, clients: number): Promise<Rate> {
  const threads = Array.from({ length: workers }, (_, worker) => {
    const task: Task = { directory, head: head.buffer, clients: clients / workers, worker }
    return new Worker(new URL(import.meta.url), { workerData: task })
  })
  const said = (): Promise<unknown[][]> => Promise.all(threads.map((thread) => once(thread, 'message')))
  await said()
  return counted(async () => {
    const rates = said()
    for (const thread of threads) thread.postMessage('begin')
    return (await rates).reduce((sum, [rate]) => sum + Number(rate), 0)
  })
}

/** Measures the process's CPU time beside a rate of commits. */
async function counted(run: () => Promise<number>): Promise<Rate> {
  const [before, begunAt] = [process.cpuUsage(), performance.now()]
  const perSecond = await run()
  const { user, system } = process.cpuUsage(before)
  const elapsedSeconds = (performance.now() - begunAt) / 1000
  return { perSecond, cpuMicros: Math.round((user + system) / (perSecond * elapsedSeconds)) }
}

/** The peer: SQLite as Node has it, one row and one record a commit, each synced; nothing is validated, followed or kept in memory. */
async function measureSqlite(directory: string): Promise<Rate> {
  const database = new DatabaseSync(join(directory, 'peer.db'))
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE d (id TEXT PRIMARY KEY, body TEXT); CREATE TABLE r (body TEXT)',
  )
  const [document, line] = [
    database.prepare('INSERT INTO d VALUES (?, ?)'),
    database.prepare('INSERT INTO r VALUES (?)'),
  ]
  const body = JSON.stringify({ path: '/', tags: { team: 'blue' }, detail: 'x'.repeat(120) })
  const rate = await counted(() => {
    const begin = performance.now()
    let commits = 0
    for (; performance.now() - begin < secondsEach * 1000; commits += 1) {
      database.exec('BEGIN')
      document.run(`${((commits * 7919) % 1_000_003).toString(36)}-${commits}`, body)
      line.run(record)
      database.exec('COMMIT')
    }
    return Promise.resolve(Math.round((commits * 1000) / (performance.now() - begin)))
  })
  database.close()
  return rate
}

async function main(): Promise<void> {
  const commits: Record<string, unknown>[] = []
  for (const stored of [0, 100_000]) {
    for (const [workers, clients] of [
      [1, 1],
      [1, 64],
      [2, 64],
    ] as const) {
      await withDirectory(async (directory) => {
        const head = new Head()
        const { store } = open(directory, head)
        await fill(store, stored)
        const { perSecond, cpuMicros } =
          workers === 1
            ? await counted(() => measure(store, clients, 'c'))
            : await inWorkers(directory, head, workers, clients)
        commits.push({
          'documents stored': stored,
          workers,
          clients,
          'durable commits/s': perSecond,
          'CPU, µs a commit': cpuMicros,
        })
        await store.close()
      })
    }
  }
  await withDirectory(async (directory) => {
    const { perSecond, cpuMicros } = await measureSqlite(directory)
    commits.push({
      'documents stored': 'node:sqlite alone',
      workers: 1,
      clients: 1,
      'durable commits/s': perSecond,
      'CPU, µs a commit': cpuMicros,
    })
  })
  console.table(commits)
  const [first, together] = commits.map((row) => Number(row['durable commits/s']))
  const alone = Number(commits.at(-1)?.['durable commits/s'])
  console.log(
    `of node:sqlite's commits: ${((first ?? Number.NaN) / alone).toFixed(2)} × one after another, ${((together ?? Number.NaN) / alone).toFixed(1)} × with 64 clients, whose commits share a sync`,
  )

  const opened: Record<string, unknown>[] = []
  for (const stored of [10_000, 100_000]) {
    await withDirectory(async (directory) => {
      const first = open(directory, new Head())
      await fill(first.store, stored)
      await first.store.close()
      const { store, openMs } = open(directory, new Head())
      opened.push({ documents: store.read.count(users, scope), 'open, ms': openMs })
      await store.close()
    })
  }
  console.table(opened)
}

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-'))
  const unlock = lockDataDirectory(directory)
  await run(directory)
  unlock()
  rmSync(directory, { recursive: true })
}

async function work({ directory, head, clients, worker }: Task): Promise<void> {
  assert.ok(parentPort, 'a worker has a port')
  const { store } = open(directory, new Head(head))
  parentPort.postMessage('ready')
  await once(parentPort, 'message')
  parentPort.postMessage(await measure(store, clients, `w${worker}-`))
  await store.close()
}

if (isMainThread) await main()
else await work(workerData as Task) // Handed over by `inWorkers`.
