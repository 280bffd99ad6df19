// Goal: access key ids carry their account as AWS's do. Method: ids whose accounts researchers published, and all the way round.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { accountOfAccessKeyId, newAccessKeyId } from './access-key-id.ts'
import { accountId } from './arn.ts'
import { newSecretAccessKey } from './secret-access-key.ts'

// Source: T. Be'ery, "A short note on AWS KEY ID"; hackingthe.cloud, "Get Account ID from AWS Access Keys".
const rows: readonly [name: string, id: string, want: string | undefined][] = [
  ['a published session key id', 'ASIAQNZGKIQY56JQ7WML', '029608264753'],
  ['another published one', 'ASIAY34FZKBOKMUTVV7A', '609629065308'],
  ['an id from before 2019', 'AKIAIOSFODNN7EXAMPLE', undefined],
  ['a digit that base32 lacks', 'ASIAQNZGKIQY56JQ7WM1', undefined],
  ['another prefix', 'AROAQNZGKIQY56JQ7WML', undefined],
  ['too short', 'ASIAQNZGKIQY56JQ7WM', undefined],
  ['a number beyond twelve digits', 'ASIA7777777777777777', undefined],
]

for (const [name, id, want] of rows) {
  test(`access key id: ${name}`, () => assert.equal(accountOfAccessKeyId(id), want))
}

test('access key id: every account comes back, with either prefix', () => {
  assert.equal(rows.length, 7)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999_999_999_999 }),
      fc.constantFrom('AKIA', 'ASIA'),
      (number, prefix) => {
        const account = accountId(String(number).padStart(12, '0'))
        assert.ok(account !== undefined)
        const id = newAccessKeyId(prefix, account, randomBytes)
        assert.match(id, /^A[KS]IA[Q-Z2-7][A-Z2-7]{15}$/)
        assert.equal(accountOfAccessKeyId(id), account)
      },
    ),
    { seed: 2 },
  )
})

test('access key id: 39 bits are random', () => {
  const account = accountId('123456789012')
  assert.ok(account !== undefined)
  const ids = new Set(Array.from({ length: 1000 }, () => newAccessKeyId('AKIA', account, randomBytes)))
  assert.equal(ids.size, 1000)
  const ends = [0, 255].map((byte) => newAccessKeyId('AKIA', account, (length) => Buffer.alloc(length, byte)))
  assert.deepEqual(ends.map(accountOfAccessKeyId), [account, account])
})

test('secret access key: forty characters of base64', () => {
  assert.match(newSecretAccessKey(randomBytes), /^[A-Za-z0-9+/]{40}$/)
})
