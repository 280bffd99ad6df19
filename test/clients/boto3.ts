import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Lifetime } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { type Answer, type ClientMaker, typed } from './client.ts'
import { lineDriver } from './line-driver.ts'

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
  const ask = lineDriver(t, found.python, join(import.meta.dirname, 'boto3-driver.py'))
  return async (request) =>
    JSON.parse(await ask(JSON.stringify(request, bytesAsText)), textAsBytes) as Answer<unknown> // What boto3-driver.py writes.
}

/** How both sides write bytes, which JSON lacks: `{"$bytes": base64}`. */
function bytesAsText(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('base64') } : value
}

function textAsBytes(_name: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && '$bytes' in value
  return isBytes ? new Uint8Array(Buffer.from(String(value.$bytes), 'base64')) : value
}
