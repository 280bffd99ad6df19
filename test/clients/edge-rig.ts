import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lifetime } from '../server.ts'
import { run } from './aws-cli.ts'
import { listenOnLoopback } from '../loopback.ts'

/** A real origin: it answers every request with what it got, and remembers nothing. */
export function originFor(t: Pick<Lifetime, 'after'>): Promise<number> {
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    request.resume()
    response.end(`${JSON.stringify({ method, url, headers })}\n`)
  })
  return listenOnLoopback(server, t)
}

/** What curl printed: the status, or `000` where there was no answer, and the body. */
export interface Curled {
  readonly status: string
  readonly body: string
}

/** Asks the edge as a person would; `.localhost` names are this machine's. */
export async function curl(url: string, ...parameters: readonly string[]): Promise<Curled> {
  const { hostname, port } = new URL(url)
  const { stdout } = await run(
    'curl',
    [
      '-s',
      '-m',
      '10',
      '-w',
      '\n%{http_code}',
      '--resolve',
      `${hostname}:${port}:127.0.0.1`,
      ...parameters,
      url,
    ],
    { PATH: process.env['PATH'] },
  )
  const at = stdout.lastIndexOf('\n')
  return { status: stdout.slice(at + 1), body: stdout.slice(0, at) }
}

/** Asks until the answer is as wanted, and gives how long that took; fails after `msMax`. Units: milliseconds. */
export async function until<Value>(
  msMax: number,
  ask: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<{ readonly value: Value; readonly afterMs: number }> {
  const begunAt = performance.now()
  for (;;) {
    const value = await ask()
    const afterMs = performance.now() - begunAt
    if (wanted(value)) return { value, afterMs }
    assert.ok(afterMs < msMax, `after ${Math.round(afterMs)} ms still ${JSON.stringify(value).slice(0, 500)}`)
    await sleep(20)
  }
}
