// Goal: a machine that has no room for a process for a moment leaves none of the edge's places empty for good.
// Method: starts that fail in both of Node's ways, and then do not, with timers that the test runs.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { systemWorld } from '#core/world.ts'
import { EdgeProcesses } from './processes.ts'

test('processes: one that could not be started is started again', async () => {
  const timers: (() => void)[] = []
  const logged: string[] = []
  let starts = 0
  const started = Object.assign(new EventEmitter(), {
    pid: 1,
    connected: false,
    exitCode: 0,
  }) as unknown as ChildProcess // What is used of one.
  const failing = (): ChildProcess => {
    starts += 1
    if (starts === 1) throw Object.assign(new Error('spawn ENOMEM'), { syscall: 'spawn' })
    if (starts > 2) return started
    const child = new EventEmitter() as unknown as ChildProcess // As Node makes one that never was: without a number.
    process.nextTick(() => child.emit('error', new Error('spawn EAGAIN')))
    return child
  }
  const processes = new EdgeProcesses({
    world: {
      ...systemWorld(),
      every: () => () => undefined,
      after: (_, task) => (timers.push(task), () => undefined),
    },
    log: ({ event }) => logged.push(event),
    count: 1,
    settings: {
      ...{
        host: '127.0.0.1',
        sharedPorts: { http: 1, https: 2 },
        secret: new Uint8Array(32),
        oidcNetworks: [],
      },
      ...{ buckets: '/b', geo: '/g', lists: '/l' },
    },
    handed: [],
    first: () => [],
    onMessage: () => undefined,
    fork: failing,
  })
  for (let round = 0; round < 3; round += 1) {
    await new Promise(setImmediate)
    for (const task of timers.splice(0)) task()
  }
  assert.equal(starts, 3)
  assert.deepEqual(
    logged,
    [1, 2].flatMap(() => ['edge-worker-failed', 'edge-worker-ended']),
  )
  await processes.stop({ idleMs: 0, underWayMs: 0 })
})
