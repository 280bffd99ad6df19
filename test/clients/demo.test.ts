// Goal: the main job, on real input: attacks on an application are found, answered by a function, and stopped, while its customers notice nothing.
// Method: `npm run demo` as anybody runs it; it verifies each step itself and says by its exit code whether all came as promised.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')
// Attackers and the customer have addresses of their own below 127.0.0.0/8, which Linux alone gives away unasked.
const why = process.platform !== 'linux' && 'only Linux has all of 127.0.0.0/8'

test('demo: every attack is found, answered and stopped', { skip: why, timeout: 180_000 }, async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'examples/demo/demo.ts')], {
    env: { PATH: process.env['PATH'] },
  }).catch((error: unknown) => assert.fail(`${(error as { stdout?: string }).stdout ?? ''}${String(error)}`))
  t.diagnostic(stdout.slice(stdout.indexOf('attack ')))
  assert.match(stdout, /Every step was verified\./)
  assert.equal(stdout.match(/^\s+[\d.]+ s {2}127\.0\.0\.\d+ {2}/gm)?.length, 6, 'six attacks')
})
