// Goal: no function outlives the server that began it, however that ends. Method: a process with functions that is killed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { skippedWithoutRoot } from '../../../test/set-up/root.ts'
import { endLeftovers } from './processes.ts'

const program = join(import.meta.dirname, '../../../test/functions/host-process.ts')

/** Processes that run out of the folder of a host. */
function functionsOf(host: number): number {
  return globSync('/proc/[0-9]*/cmdline').filter((file) => {
    try {
      return readFileSync(file, 'latin1').includes(`/run-${host}`)
    } catch {
      return false // It has ended meanwhile.
    }
  }).length
}

test(
  'functions: neither one that waits nor one at work outlives its server',
  { skip: skippedWithoutRoot },
  async () => {
    const host = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { pid = 0 } = host
    await once(host.stdout, 'data')
    assert.ok(functionsOf(pid) >= 2, 'functions are there')
    host.kill('SIGKILL')
    for (let left = 100; functionsOf(pid) > 0 && left > 0; left -= 1) await sleep(50)
    assert.equal(functionsOf(pid), 0)
  },
)

test(
  'what a server that died left running ends, and nothing of other users',
  { skip: skippedWithoutRoot },
  async (t) => {
    const [left, other] = [59_998, 59_999].map((uid) => {
      const child = spawn('sleep', ['60'], { uid, stdio: 'ignore', cwd: '/' })
      t.after(() => child.kill('SIGKILL'))
      return child
    })
    assert.ok(left && other)
    await Promise.all([once(left, 'spawn'), once(other, 'spawn')])
    const ended = once(left, 'exit')
    await endLeftovers({ first: 59_998, count: 1 })
    assert.deepEqual(await ended, [null, 'SIGKILL'])
    assert.deepEqual([other.exitCode, other.signalCode], [null, null])
  },
)
