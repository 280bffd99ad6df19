import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import type { Lifetime } from '../server.ts'

/** Starts a Python program that answers each line of its standard input with a line, one after another; it ends with the test. */
export function lineDriver(
  t: Pick<Lifetime, 'after'>,
  python: string,
  program: string,
): (line: string) => Promise<string> {
  const child = spawn(python, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  })
  t.after(() => child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async (line) => {
    child.stdin.write(`${line}\n`)
    const answered = await lines.next()
    assert.ok(answered.done !== true, `${basename(program)} ended: its error is above`)
    return answered.value
  }
}
