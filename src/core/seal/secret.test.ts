// Goal: no usual way of printing a secret shows it, and disposing of it wipes it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, inspect } from 'node:util'
import { Secret } from './index.ts'

const text = 'wJalrXUtnFEMI/K7MDENG'
const secret = Secret.ofText(text)
const prints: readonly [name: string, printed: string][] = [
  ['String', String(secret)],
  ['template', `of ${secret.toString()}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ secret }, { depth: 9, showHidden: true })],
  ['format %o', format('%o %s %j', secret, secret, secret)],
  ['error', inspect(new Error(`failed with ${String(secret)}`, { cause: { secret } }))],
  ['keys', Object.keys(secret).join()],
  ['spread', JSON.stringify(Object.assign({}, secret))],
]

for (const [name, printed] of prints) {
  test(`secret: ${name} does not show it`, () => {
    assert.ok(!printed.includes(text), printed)
    assert.ok(!printed.includes(Buffer.from(text).toString('hex').slice(0, 8)), printed)
    assert.ok(!printed.includes(String(Buffer.from(text)[0]).concat(', ')), printed)
  })
}

test('secret: it is a copy, shares no pool, and is wiped on dispose', () => {
  assert.equal(prints.length, 8)
  const original = Buffer.from(text)
  let revealed: Buffer
  {
    using held = new Secret(original)
    original.fill(0)
    revealed = held.reveal()
    assert.equal(revealed.toString(), text)
    assert.equal(revealed.buffer.byteLength, text.length)
  }
  assert.ok(revealed.every((byte) => byte === 0))
})

test('secret: after dispose it cannot be revealed', () => {
  const held = new Secret(Buffer.from(text))
  held[Symbol.dispose]()
  assert.throws(() => held.reveal(), /wiped/)
})
