import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { EdgeListener } from '#core/edge-view.ts'
import { redoubtProgram } from './redoubt-program.ts'

const listeningMsMax = 10_000

/** Where a balancer's listener answers on the shared port, as `redoubt edge` tells; waits until the edge listens. */
export async function edgeUrl(
  directory: string,
  hostName: string,
  protocol: 'HTTP' | 'HTTPS' = 'HTTP',
): Promise<string> {
  const [program, ...before] = redoubtProgram
  const giveUpAtMs = performance.now() + listeningMsMax
  for (;;) {
    const { stdout } = await promisify(execFile)(program, [...before, 'edge', '--data', directory, '--json'])
    const listeners = JSON.parse(stdout) as readonly EdgeListener[] // The program's own.
    const found = listeners.find((one) => one.hostName === hostName && one.protocol === protocol)
    const [url] = found?.urls ?? []
    if (url !== undefined) return url
    assert.ok(performance.now() < giveUpAtMs, `the edge does not listen for ${hostName}: ${stdout}`)
    await sleep(100)
  }
}
