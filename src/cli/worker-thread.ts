// One further server thread: a worker of its own over the same data directory and port.
import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { keepCompiledCode } from './compile-cache.ts'
import type { ThreadData } from './start-worker.ts'

assert.ok(parentPort, 'this file runs as a worker thread')
const port = parentPort
keepCompiledCode()
const { startWorker } = await import('./start-worker.ts')
const running = await startWorker(workerData as ThreadData) // serve.ts gave it.
port.on('message', () => {
  void running.stop().then(() => process.exit(0))
})
port.postMessage('ready')
