// The process that the crash test kills: worker threads over one data directory, each with clients that transfer without pause and
// say so on standard output after the commit, in one write a line, past every buffer of the process. Standard output is a file: a pipe
// that nobody empties in time takes no more (EAGAIN).
import { writeSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { Head, lockDataDirectory, openStore } from '#core/store/index.ts'
import { accountCount, clientsPerWorker, openAccounts, transfer, workerCount } from './bank.ts'

interface Handed {
  readonly directory: string
  readonly head: SharedArrayBuffer
  readonly worker: number
  /** Whether clients say what was committed. */
  readonly aloud: boolean
}

async function main(directory: string): Promise<void> {
  lockDataDirectory(directory)
  const head = new Head()
  const store = openStore({ directory, head })
  await store.transact(openAccounts)
  await store.close()
  for (let worker = 0; worker < workerCount; worker++) {
    const handed: Handed = { directory, head: head.buffer, worker, aloud: true }
    new Worker(new URL(import.meta.url), { workerData: handed }).once('error', fail)
  }
}

function work({ directory, head, worker, aloud }: Handed): void {
  const store = openStore({ directory, head: new Head(head) })
  for (let n = 0; n < clientsPerWorker; n++) void client(`client${worker}-${n}`)

  async function client(name: string): Promise<void> {
    for (let n = 0; ; n++) {
      const from = Math.floor(Math.random() * accountCount)
      const to = (from + 1 + Math.floor(Math.random() * (accountCount - 1))) % accountCount
      const number = await store.transact((tx) => transfer(tx, name, from, to, 1 + (n % 50)))
      if (aloud) writeSync(1, `${name} ${number}\n`)
    }
  }
}

function fail(error: unknown): void {
  throw error
}

if (isMainThread) await main(process.argv[2] ?? '')
else work(workerData as Handed) // Handed over by `main`.
