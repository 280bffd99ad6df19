// One further server thread: it loads its code, and becomes a worker over the same data directory and port when it is told.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { keepCompiledCode } from './compile-cache.ts'
import { remoteEdge } from './edge-questions.ts'
import { remoteFunctions } from './function-questions.ts'
import { Questions } from './questions.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

assert.ok(parentPort, 'this file runs as a worker thread')
const port = parentPort
keepCompiledCode()
const { startWorker } = await import('./start-worker.ts')
const told = once(port, 'message') as Promise<[ToWorker]> // server-threads.ts sends no other.
tell({ kind: 'loaded' })
const [message] = await told
assert.ok(message.kind === 'start', 'a worker begins with its data')
const giving = new Map<number, () => void>()
const questions = new Questions((number, question) => tell({ kind: 'question', number, question }))
const running = await startWorker(message.data, {
  edge: remoteEdge((question) => questions.ask({ to: 'edge', question })),
  functions: remoteFunctions((question) => questions.ask({ to: 'functions', question })),
})
port.on('message', (message: ToWorker) => {
  void obey(message)
})
tell({ kind: 'ready', descriptor: running.descriptor() })

async function obey(message: ToWorker): Promise<void> {
  if (message.kind === 'stop') {
    await running.stop(message.gives ? give : undefined)
    process.exit(0)
  }
  if (message.kind === 'given') {
    giving.get(message.descriptor)?.()
    return void giving.delete(message.descriptor)
  }
  if (message.kind === 'answer') return questions.answered(message.number, message.answer)
  if (message.kind === 'start') return
  await running.worker.useRootKeys(message.keys)
  tell({ kind: 'root-keys-in-use', number: message.number })
}

/** Only the main thread has a channel to another server. */
function give(descriptor: number): Promise<void> {
  return new Promise((resolve) => {
    giving.set(descriptor, resolve)
    tell({ kind: 'give', descriptor })
  })
}

function tell(message: FromWorker): void {
  port.postMessage(message)
}
