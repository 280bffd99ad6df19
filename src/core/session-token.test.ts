// Goal: a session's credentials come back from the token alone, and only for their own access key id and root key.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { accountOfAccessKeyId } from './access-key-id.ts'
import { accountId } from './arn.ts'
import { createSeal, rootKeyOf } from './seal/index.ts'
import { createSessions } from './session-token.ts'

const account = accountId('123456789012')
assert.ok(account !== undefined)
const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 1)), randomBytes })
const sessions = createSessions<object>(seal, randomBytes)

test('session: what was minted opens, with the same secret', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
      const statement: object = JSON.parse(JSON.stringify(values))
      const { accessKeyId, secretAccessKey, sessionToken } = sessions.mint(account, statement)
      assert.match(secretAccessKey, /^[A-Za-z0-9+/]{40}$/)
      assert.equal(accountOfAccessKeyId(accessKeyId), account)
      assert.match(sessionToken, /^[\x21-\x7e]+$/)
      const opened = sessions.open(sessionToken, accessKeyId)
      assert.ok(opened)
      assert.deepEqual(opened.statement, statement)
      assert.equal(opened.secret.reveal(), secretAccessKey)
    }),
    { seed: 3 },
  )
})

const minted = sessions.mint(account, { kind: 'session', name: 'alice' })
const second = sessions.mint(account, { kind: 'session', name: 'alice' })
const long = sessions.mint(account, { noise: randomBytes(20_000).toString('base64') })
const otherRoot = createSeal({ current: rootKeyOf(Buffer.alloc(32, 2)), randomBytes })
const refusals: readonly [name: string, open: () => unknown][] = [
  ["another session's access key id", () => sessions.open(minted.sessionToken, second.accessKeyId)],
  [
    'a long-term access key id',
    () => sessions.open(minted.sessionToken, minted.accessKeyId.replace('ASIA', 'AKIA')),
  ],
  [
    'another root key',
    () => createSessions(otherRoot, randomBytes).open(minted.sessionToken, minted.accessKeyId),
  ],
  [
    'a text sealed for another purpose',
    () => sessions.open(seal.seal('access-key', minted.accessKeyId, '{}'), minted.accessKeyId),
  ],
  ['no token', () => sessions.open('', minted.accessKeyId)],
  ['a token of ours that is too long for a header', () => sessions.open(long.sessionToken, long.accessKeyId)],
]

for (const [name, open] of refusals) {
  test(`session: ${name} does not open it`, () => assert.equal(open(), undefined))
}

test('session: changing any one character of a token is refused', () => {
  assert.equal(refusals.length, 6)
  let ran = 0
  for (let index = 0; index < minted.sessionToken.length; index += 1) {
    const character = minted.sessionToken[index] === 'A' ? 'B' : 'A'
    const changed = minted.sessionToken.slice(0, index) + character + minted.sessionToken.slice(index + 1)
    assert.equal(sessions.open(changed, minted.accessKeyId), undefined)
    ran += 1
  }
  assert.equal(ran, minted.sessionToken.length)
  assert.notEqual(minted.secretAccessKey, second.secretAccessKey)
})
