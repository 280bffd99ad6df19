// Goal: a worker thread that ends unasked takes the server along, with one line that says why, so that no server goes on with a part of its workers.
// Method: a server of two workers, whose thread a debugger has end in each way there is; drills/kill-threads.ts does it under load.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { debuggable, haveDone } from '../debugger.ts'
import { serverFor } from '../server.ts'
import { until } from './edge-rig.ts'

/** What a thread of the server may have, which is enough for a start. Units: MiB. */
const heapMiB = 160
const environment = { NODE_OPTIONS: `${debuggable.NODE_OPTIONS} --max-old-space-size=${heapMiB}` }

/** By name: what the thread does, what is told of it, and the server's exit code, which there is none of where the kernel ends it. */
const rows: readonly [name: string, statement: string, told: RegExp, exitCode: number | null][] = [
  ['an exception that nobody catches', `throw new Error('a test')`, /"code":1,"stack":"Error: a test/, 1],
  ['an exit code of its own', 'process.exit(3)', /"code":3\}/, 1],
  ['an exit that looks like an ordinary one', 'process.exit(0)', /"code":0\}/, 1],
  [
    'more memory than it may have',
    'const kept = []; for (;;) kept.push(new Array(100_000).fill(kept))',
    /ERR_WORKER_OUT_OF_MEMORY/,
    null,
  ],
]

for (const [name, statement, told, exitCode] of rows)
  test(`workers: ${name} of one ends the server`, { timeout: 60_000 }, async (t) => {
    const server = await serverFor(t, { workers: 2, environment })
    await haveDone(server, 'worker', statement)
    const lines = (): readonly string[] =>
      server.logged().match(/^\{.*"event":"worker-died","worker":1.*\}$/gm) ?? []
    await until(
      10_000,
      () => Promise.resolve(lines().length),
      (count) => count > 0,
    )
    assert.equal(await server.stop(), exitCode)
    assert.equal(lines().length, 1)
    assert.match(lines()[0] ?? '', told)
  })
