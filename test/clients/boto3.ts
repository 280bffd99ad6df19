import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Lifetime } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { type Answer, type ClientMaker, typed } from './client.ts'

/** boto3, in a Python process that makes one call after another. */
export const boto3: ClientMaker = (t, url) => {
  const ask = boto3Driver(t)
  return typed((service, operation, input, credentials, region) =>
    ask({ url, service, operation, input, credentials, region }),
  )
}

/** Starts boto3-driver.py; the answer is what it makes of one request. */
export function boto3Driver(t: Pick<Lifetime, 'after'>): (request: object) => Promise<Answer<unknown>> {
  const found = findPython(pythonClients)
  assert.ok(found.ready, 'the test is skipped where boto3 is missing')
  const child = spawn(found.python, [join(import.meta.dirname, 'boto3-driver.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  })
  t.after(() => child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async (request) => {
    child.stdin.write(`${JSON.stringify(request, bytesAsText)}\n`)
    const line = await lines.next()
    assert.ok(line.done !== true, 'boto3-driver.py ended: its error is above')
    return JSON.parse(line.value, textAsBytes) as Answer<unknown> // What boto3-driver.py writes.
  }
}

/** How both sides write bytes, which JSON lacks: `{"$bytes": base64}`. */
function bytesAsText(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value
}

function textAsBytes(_name: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && '$bytes' in value
  return isBytes ? new Uint8Array(Buffer.from(String(value.$bytes), 'base64')) : value
}
