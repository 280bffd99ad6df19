// Goal: what was sealed opens only under its root key, for its purpose and in its place, and any change is refused.
// Method: rows for the places, every byte of a sealed text changed, and properties over random content; a second root key for
// rotation.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSeal, rootKeyOf, SealBroken } from './index.ts'
import { lengthPrefixed } from './lengths.ts'

const one = rootKeyOf(Buffer.alloc(32, 1))
const other = rootKeyOf(Buffer.alloc(32, 2))
const seal = createSeal({ current: one, randomBytes })

test('seal: what was sealed opens, and no two texts are alike', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.uint8Array({ maxLength: 2000 }), (purpose, context, content) => {
      const sealed = seal.seal(purpose, context, content)
      assert.deepEqual([...seal.open(purpose, context, sealed)], [...content])
      assert.notEqual(seal.seal(purpose, context, content), sealed)
    }),
    { seed: 1, numRuns: 200 },
  )
})

const sealed = seal.seal('access-key', 'AKIAEXAMPLE', 'the secret')
const elsewhere: readonly [name: string, opened: () => Buffer | undefined][] = [
  ['another purpose', () => seal.tryOpen('totp-seed', 'AKIAEXAMPLE', sealed)],
  ['another context', () => seal.tryOpen('access-key', 'AKIAOTHER', sealed)],
  ['purpose and context divided elsewhere', () => seal.tryOpen('access-keyA', 'KIAEXAMPLE', sealed)],
  [
    'another root key',
    () => createSeal({ current: other, randomBytes }).tryOpen('access-key', 'AKIAEXAMPLE', sealed),
  ],
  [
    "another root key under the first one's id",
    () => {
      const renamed = { id: one.id, key: other.key }
      return createSeal({ current: renamed, randomBytes }).tryOpen('access-key', 'AKIAEXAMPLE', sealed)
    },
  ],
  ['no text', () => seal.tryOpen('access-key', 'AKIAEXAMPLE', '')],
  ['a text cut short', () => seal.tryOpen('access-key', 'AKIAEXAMPLE', sealed.slice(0, 60))],
  ['a text with padding', () => seal.tryOpen('access-key', 'AKIAEXAMPLE', `${sealed}=`)],
  ['a later format', () => seal.tryOpen('access-key', 'AKIAEXAMPLE', sealed.replace('rs1', 'rs2'))],
]

for (const [name, opened] of elsewhere) {
  test(`seal: ${name} does not open it`, () => assert.equal(opened(), undefined))
}

test('seal: changing any one character is refused', () => {
  let ran = 0
  for (let index = 0; index < sealed.length; index += 1) {
    for (const character of ['A', 'b', '0', '.', '_']) {
      const changed = sealed.slice(0, index) + character + sealed.slice(index + 1)
      if (changed === sealed) continue
      assert.equal(seal.tryOpen('access-key', 'AKIAEXAMPLE', changed), undefined, changed)
      ran += 1
    }
  }
  assert.ok(ran > sealed.length * 4)
  assert.equal(elsewhere.length, 9)
})

test('seal: a value has one spelling, spare bits and all', () => {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
  const opening = digits.filter((digit) =>
    seal.tryOpen('access-key', 'AKIAEXAMPLE', sealed.slice(0, -1) + digit),
  )
  assert.deepEqual(opening, [sealed.slice(-1)])
})

test('lengths: no two lists join to the same bytes', () => {
  const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['', 'abc'], ['abc', '']]
  assert.equal(new Set(lists.map((list) => lengthPrefixed(list).toString('hex'))).size, 5)
})

test('seal: changing any one bit is refused', () => {
  const [format, id, text = ''] = sealed.split('.')
  const bytes = Buffer.from(text, 'base64url')
  let ran = 0
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.equal(
      seal.tryOpen('access-key', 'AKIAEXAMPLE', `${format}.${id}.${changed.toString('base64url')}`),
      undefined,
    )
    ran += 1
  }
  assert.equal(ran, (24 + 'the secret'.length + 16) * 8)
})

test('seal: opening in vain throws without a word of the content', () => {
  assert.throws(
    () => seal.open('access-key', 'AKIAOTHER', sealed),
    (error) => {
      return (
        error instanceof SealBroken &&
        !error.message.includes('secret') &&
        error.message.includes('AKIAOTHER')
      )
    },
  )
})

test('seal: after rotation the old opens, is known as old, and new texts are under the new key', () => {
  const rotated = createSeal({ current: other, previous: [one], randomBytes })
  assert.equal(rotated.open('access-key', 'AKIAEXAMPLE', sealed).toString(), 'the secret')
  assert.deepEqual([rotated.isOutdated(sealed), seal.isOutdated(sealed)], [true, false])
  const anew = rotated.seal('access-key', 'AKIAEXAMPLE', 'the secret')
  assert.equal(rotated.isOutdated(anew), false)
  assert.equal(seal.tryOpen('access-key', 'AKIAEXAMPLE', anew), undefined)
  assert.deepEqual(rotated.derive('p', 'c', sealed), seal.derive('p', 'c', sealed))
  assert.equal(seal.derive('p', 'c', anew), undefined)
})

test('seal: derived bytes differ by purpose, context, text and root key', () => {
  const derived = [
    seal.derive('p', 'c', sealed),
    seal.derive('q', 'c', sealed),
    seal.derive('p', 'd', sealed),
    seal.derive('p', 'c', seal.seal('access-key', 'AKIAEXAMPLE', 'the secret')),
  ].map((bytes) => bytes?.toString('hex'))
  assert.equal(new Set(derived).size, 4)
  assert.ok(derived.every((text) => text?.length === 64))
})
