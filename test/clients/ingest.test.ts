// Goal: `redoubt ingest --watch` brings what is written to a folder while it watches, once each, and goes on until it is ended.
// Method: the command as a process of its own; a file that comes, and then grows.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DirectoryInUse, lockDataDirectory } from '#core/store/index.ts'
import { redoubtProgram } from '../redoubt-program.ts'
import { directoryFor } from '../server.ts'
import { until } from './edge-rig.ts'

const msMax = 20_000

test('ingest: a folder that is watched', async (t) => {
  const [data, logs] = [directoryFor(t), join(directoryFor(t), 'logs')]
  mkdirSync(logs)
  const [program, ...before] = redoubtProgram
  const child = spawn(program, [...before, 'ingest', 'flow', '--watch', '--data', data, logs])
  t.after(() => child.kill('SIGKILL'))
  const second = Math.floor(Date.now() / 1000)
  const flow = (port: number) =>
    `2 111122223333 eni-1 203.0.113.9 10.0.0.5 ${port} 443 6 10 840 ${second - 60} ${second} ACCEPT OK\n`
  const folder = join(data, 'telemetry', 'flow')
  const kept = (): readonly number[] =>
    existsSync(folder)
      ? readdirSync(folder)
          .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
          .filter((line) => line !== '')
          .map((line) => (JSON.parse(line) as { srcport: number }).srcport)
      : []
  const keeps = (...ports: readonly number[]) =>
    until(
      msMax,
      () => Promise.resolve(kept()),
      (found) => JSON.stringify(found) === JSON.stringify(ports),
    )
  await once(child.stdout, 'data') // It has looked once, and watches.
  appendFileSync(join(logs, 'a.log'), flow(1))
  await keeps(1)
  appendFileSync(join(logs, 'a.log'), flow(2))
  await keeps(1, 2)
  assert.equal(child.exitCode, null, 'it goes on')

  t.after(await lockOnceFree(join(data, 'telemetry', 'ingest')))
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(msMax) })
  appendFileSync(join(logs, 'a.log'), flow(3))
  assert.deepEqual(await ended, [1, null], 'once it cannot, it says so and ends')
})

/** The command lets go a moment after what it wrote is seen. */
async function lockOnceFree(place: string): Promise<() => void> {
  for (;;) {
    try {
      return lockDataDirectory(place)
    } catch (error) {
      if (!(error instanceof DirectoryInUse)) throw error
      await sleep(10)
    }
  }
}
