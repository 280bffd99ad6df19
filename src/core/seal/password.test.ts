// Goal: a password verifies against its own hash alone; a damaged hash is an accident, not a wrong password.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { hashPassword, verifyPassword } from './index.ts'

const cheap = { log2N: 10, r: 8, p: 1 }

test('password: the right one verifies, others do not', async () => {
  const stored = await hashPassword('correct horse', randomBytes, cheap)
  const rows: readonly [given: string, want: boolean][] = [
    ['correct horse', true],
    ['correct horsE', false],
    ['correct horse ', false],
    ['', false],
  ]
  for (const [given, want] of rows) assert.equal(await verifyPassword(given, stored), want, given)
})

test('password: the default cost is stored, and two hashes of one password differ', async () => {
  const stored = await hashPassword('correct horse', randomBytes)
  assert.match(stored, /^\$scrypt\$ln=15,r=8,p=3\$/)
  assert.equal(await verifyPassword('correct horse', stored), true)
  assert.notEqual(
    await hashPassword('correct horse', randomBytes, cheap),
    await hashPassword('correct horse', randomBytes, cheap),
  )
})

test('password: a damaged or extravagant hash throws', async () => {
  const stored = await hashPassword('x', randomBytes, cheap)
  const rows = [
    '',
    'x',
    stored.slice(1),
    stored.slice(0, -1),
    stored.replace('ln=10', 'ln=24'),
    stored.replace('r=8', 'r=99'),
  ]
  for (const damaged of rows) await assert.rejects(verifyPassword('x', damaged), /damaged/, damaged)
})
