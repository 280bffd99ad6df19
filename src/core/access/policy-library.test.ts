// Goal: what is kept of policies is that of exactly these texts, in this order and of this kind.
// Method: rows of lists that are near each other; each must get its own set, and the same one when it is asked for again. Then texts that
// are long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolicyLibrary } from './policy-library.ts'

const text = (action: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: action, Resource: '*' }],
  })
const [a, b, c] = [text('kms:Encrypt'), text('kms:Decrypt'), text('kms:Sign')]

test('policy library: every list of texts has its own set, which is kept', () => {
  const library = new PolicyLibrary()
  const lists = [[a], [b], [a, b], [b, a], [a, b, c], [c], [a, a], [a, c, b]]
  const sets = lists.map((texts) => library.set(texts, 'resource'))
  assert.equal(new Set(sets).size, lists.length)
  for (const [index, texts] of lists.entries()) {
    assert.equal(library.set([...texts], 'resource'), sets[index])
  }
})

test('policy library: what callers carry has a set for its names and texts, which they share', () => {
  const library = new PolicyLibrary()
  const own = text('kms:Encrypt').replace('"Principal":"*",', '')
  const lists = [
    [{ name: 'p', text: own }],
    [{ name: 'q', text: own }],
    [
      { name: 'p', text: own },
      { name: 'q', text: own },
    ],
    [],
  ]
  const sets = lists.map((policies) => library.named(policies, 'identity'))
  assert.equal(new Set(sets).size, lists.length)
  for (const [index, policies] of lists.entries())
    assert.equal(library.named(structuredClone(policies), 'identity'), sets[index])
  assert.notEqual(library.named(lists[0] ?? [], 'session'), sets[0])
  assert.deepEqual(
    sets.map(({ statements }) => statements.map(({ ref }) => ref.policy)),
    [['p'], ['q'], ['p', 'q'], []],
  )
})

test('policy library: long texts are kept as far as there is room', () => {
  const library = new PolicyLibrary()
  const long = (index: number) => text(`kms:${'a'.repeat(500_000)}${index}`)
  const sets = Array.from({ length: 68 }, (_, index) => library.set([long(index)], 'resource'))
  assert.equal(library.set([long(67)], 'resource'), sets[67])
  assert.notEqual(library.set([long(0)], 'resource'), sets[0])
})
