// Goal: kill -9 at any moment loses nothing that was acknowledged and leaves nothing half done; neither does the death of one
// worker thread. Method: a process under write load is killed at random moments, again and again over one data directory; after
// each, the directory is opened and compared with what the process had said.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { databaseFile, DirectoryInUse, Head, lockDataDirectory, openStore } from '#core/store/index.ts'
import {
  accounts,
  audit,
  clientsPerWorker,
  openAccounts,
  receipts,
  scope,
  transfer,
  workerCount,
} from './bank.ts'

const kills = 50
const program = new URL('bank-process.ts', import.meta.url)

function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'redoubt-crash-'))
}

/** Runs the process and kills it some time after its first acknowledgement; gives the last number that each client had told. */
async function runAndKill(directory: string, afterMs: number): Promise<Map<string, number>> {
  const file = `${directory}.told`
  const output = openSync(file, 'a+')
  const child = spawn(process.execPath, [program.pathname, directory], {
    stdio: ['ignore', output, 'inherit'],
  })
  const exited = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_, signal) => resolve(signal)),
  )
  while (fstatSync(output).size === 0 && child.exitCode === null) await pause(1)
  await pause(afterMs)
  child.kill('SIGKILL')
  assert.equal(await exited, 'SIGKILL', 'the process ended by itself')

  const told = new Map<string, number>()
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1) // The last one may be cut short.
  closeSync(output)
  rmSync(file)
  for (const line of lines) {
    const [client = '', number] = line.split(' ')
    assert.ok(Number(number) > (told.get(client) ?? 0), 'numbers grow')
    told.set(client, Number(number))
  }
  return told
}

/** Opens the directory as the next start does, and checks it; gives the log's head. */
async function inspect(directory: string, told: ReadonlyMap<string, number>): Promise<number> {
  const unlock = lockDataDirectory(directory) // The dead process's lock is gone.
  const store = openStore({ directory, head: new Head() })
  const documents = store.snapshot()
  const reached = audit(documents)
  for (const [client, number] of told) {
    const stored = reached.get(client) ?? 0
    assert.ok(stored >= number, `${client} was told ${number}, and ${stored} is stored`)
    assert.ok(
      stored <= number + 1,
      `${client} has one transfer at a time, was told ${number}, and ${stored} is stored`,
    )
  }
  for (const { id, document } of documents.filter(({ type }) => type === 'receipt')) {
    const { number } = document as { number: number } // As the bank puts it.
    assert.ok(store.read.find(receipts, scope, 'number', String(number)).some((found) => found.id === id))
  }
  const head = store.seq
  await store.close()

  const database = new DatabaseSync(join(directory, databaseFile), { readOnly: true })
  const log = database
    .prepare('SELECT count(*) AS entries, min(seq) AS first, max(seq) AS last FROM log')
    .get()
  assert.equal(
    Number(log?.['entries']),
    Number(log?.['last']) - Number(log?.['first']) + 1,
    'the log has a gap',
  )
  assert.equal(log?.['last'], head)
  // A record for every transfer, and none for one that did not happen.
  const records = database.prepare('SELECT count(*) AS records FROM log WHERE records IS NOT NULL').get()
  const transfers = [...reached.values()].reduce((sum, number) => sum + number, 0)
  if (log?.['first'] === 1) assert.equal(records?.['records'], transfers)
  database.close()
  unlock()
  return head
}

test(`a process killed ${kills} times loses nothing that it acknowledged`, async () => {
  const directory = temporaryDirectory()
  let inspected = 0
  let head = 0
  for (let kill = 0; kill < kills; kill++) {
    const told = await runAndKill(directory, Math.random() * 150)
    const reached = await inspect(directory, told)
    assert.ok(told.size > 0 && reached > head, 'nothing was written')
    head = reached
    inspected++
  }
  const database = new DatabaseSync(join(directory, databaseFile))
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  database.close()
  rmSync(directory, { recursive: true })
  console.log(`${inspected} kills, ${head} transactions by ${workerCount * clientsPerWorker} clients`)
  assert.equal(inspected, kills)
  assert.ok(kills >= 50)
})

test('a worker thread that dies at work leaves nothing half done, and the others go on', async () => {
  const directory = temporaryDirectory()
  const unlock = lockDataDirectory(directory)
  const head = new Head()
  const store = openStore({ directory, head })
  await store.transact(openAccounts)
  let ended = 0
  for (let n = 0; n < 10; n++) {
    const worker = new Worker(program, {
      workerData: { directory, head: head.buffer, worker: n, aloud: false },
    })
    const before = head.seq
    while (head.seq < before + 20) await pause(2)
    await pause(Math.random() * 20)
    const beside = store.transact((tx) => transfer(tx, 'beside', 0, 1, 1))
    await worker.terminate()
    assert.equal(await beside, n * 2 + 1)
    assert.equal(await store.transact((tx) => transfer(tx, 'beside', 1, 0, 1)), n * 2 + 2)
    audit(store.snapshot())
    ended++
  }
  assert.equal(ended, 10)
  await store.close()
  unlock()
  rmSync(directory, { recursive: true })
})

test('a second process is refused, and told why', async () => {
  const directory = temporaryDirectory()
  const unlock = lockDataDirectory(directory)
  const store = openStore({ directory, head: new Head() })
  const child = spawn(process.execPath, [program.pathname, directory], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => (complaint += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(code, 1)
  assert.match(complaint, /another Redoubt process uses the data directory '.*': stop it, or choose another/)
  assert.throws(() => lockDataDirectory(directory), DirectoryInUse)
  assert.equal(store.read.count(accounts, scope), 0)
  await store.close()
  unlock()
  lockDataDirectory(directory)()
  rmSync(directory, { recursive: true })
})
