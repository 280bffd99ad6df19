// One process of the edge: it reads what strangers send, and holds neither root key nor store. Its supervisor tells it all that it knows.
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { systemWorld } from '#core/world.ts'
import { createEdgeWorker } from './edge-worker.ts'
import type { ToEdgeWorker } from './messages.ts'

assert.ok(process.connected, 'this file runs as a process of the supervisor')
const worker = createEdgeWorker({
  world: systemWorld(),
  tell: (message, handle) => {
    // Node sends handles of sockets too, which its types do not say.
    if (process.connected) process.send?.(message, handle as Socket | undefined)
  },
  exit: () => process.exit(0),
})
process.on('message', (message) => worker.hear(message as ToEdgeWorker)) // The supervisor's own.
// Without its supervisor it would serve a configuration that nobody changes any more.
process.on('disconnect', () => process.exit(0))
// Those signals are the supervisor's, which stops its workers in order; a terminal sends them to all of its processes.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
