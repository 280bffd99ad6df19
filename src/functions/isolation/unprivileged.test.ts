// Goal: where Redoubt is not root, a function reaches nothing of Redoubt's either; what cannot be kept from it is not started.
// Method: the rows run in a process of a user who is not root: ours where we are none, else nobody's by setpriv.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { promisify } from 'node:util'

const rows = fileURLToPath(new URL('../../../test/functions/unprivileged-rows.ts', import.meta.url))
const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs']
const isRoot = process.getuid?.() === 0

/** Why the rows cannot run; false when they can. */
function obstacle(): string | false {
  if (!isRoot) return false
  try {
    execFileSync('setpriv', [...nobody, process.execPath, '--check', rows], { stdio: 'ignore', cwd: '/' })
    return false
  } catch {
    return 'no setpriv, or another user cannot read Node or these files'
  }
}

test('what a function cannot reach where Redoubt is not root', { skip: obstacle() }, async () => {
  const [file, args] = isRoot ? ['setpriv', [...nobody, process.execPath, rows]] : [process.execPath, [rows]]
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', REDOUBT_TEST_SECRET: 'secret' }
  const { stdout } = await promisify(execFile)(file, args, { env, cwd: '/', timeout: 120_000 })
  const { user, platform, ...got } = JSON.parse(stdout) as Record<string, unknown> // What unprivileged-rows.ts prints.
  assert.notEqual(user, 0)
  assert.equal((platform as { ownUser: boolean }).ownUser, false) // As above.
  const denied = 'ERR_ACCESS_DENIED'
  assert.deepEqual(got, {
    'work of its own': '2',
    'its own /tmp': 'a',
    'the root key': denied,
    'the data directory': denied,
    'to write there': denied,
    "the machine's files": denied,
    'its own code, to write': denied,
    'other programs': denied,
    threads: denied,
    "Redoubt's environment": 'none',
    'a variable': "it's",
    'the root key, by options of Node': denied,
    'libraries that are loaded first': './own.so',
    'what the loader said': '',
    'a python function': 'unavailable',
  })
})
