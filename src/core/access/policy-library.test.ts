// Goal: what is kept of policies is that of exactly these texts, in this order and of this kind.
// Method: rows of lists that are near each other; each must get its own set, and the same one when it is asked for again.
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
