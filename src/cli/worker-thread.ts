// One further server thread: a worker of its own over the same data directory and port.
import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { keepCompiledCode } from './compile-cache.ts'
import type { ThreadData } from './start-worker.ts'
import { RemoteEdge } from './edge-questions.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

assert.ok(parentPort, 'this file runs as a worker thread')
const port = parentPort
keepCompiledCode()
const { startWorker } = await import('./start-worker.ts')
const edge = new RemoteEdge((number, question) => tell({ kind: 'edge-question', number, question }))
const running = await startWorker(workerData as ThreadData, edge.view) // server-threads.ts gave it.
port.on('message', (message: ToWorker) => {
  void obey(message)
})
tell({ kind: 'ready' })

async function obey(message: ToWorker): Promise<void> {
  if (message.kind === 'stop') {
    await running.stop()
    process.exit(0)
  }
  if (message.kind === 'edge-answer') return edge.answered(message.number, message.answer)
  await running.worker.useRootKeys(message.keys)
  tell({ kind: 'root-keys-in-use', number: message.number })
}

function tell(message: FromWorker): void {
  port.postMessage(message)
}
