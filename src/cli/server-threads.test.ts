// Goal: what the first worker has is there for as long as another worker answers calls. Method: a thread that ends when the test says so.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker as Thread } from 'node:worker_threads'
import { ServerThreads } from './server-threads.ts'
import type { Running, ThreadData } from './start-worker.ts'
import type { ToWorker } from './worker-messages.ts'

test('a stop keeps what the first worker has until the other threads have ended', async () => {
  const heard: string[] = []
  const thread = Object.assign(new EventEmitter(), {
    postMessage(message: ToWorker) {
      heard.push(message.kind)
      if (message.kind === 'start') thread.emit('message', { kind: 'ready', descriptor: 7 })
    },
  })
  const first = {
    port: 1,
    async stop(_give: unknown, before: Promise<unknown>) {
      heard.push('first stops')
      await before
      heard.push('first lets go')
    },
  } as unknown as Running // What a stop uses of it.
  const threads = await ServerThreads.start(
    first,
    { settings: {} } as ThreadData, // Nobody reads it.
    [thread as unknown as Thread], // What a stop uses of it.
    () => undefined,
  )
  const stopped = threads.stop()
  await sleep(20)
  assert.deepEqual(heard, ['start', 'stop', 'first stops'])
  thread.emit('exit', 0)
  await stopped
  assert.deepEqual(heard.slice(3), ['first lets go'])
})
