// Goal: lists are shown whole, in either order and under every bound; no token is taken that is not written as they are.
// Method: lists of letters are read page by page to their end. What IAM asks besides is in its own test, with changes between the pages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from './fault.ts'
import { paging, tokensOf } from './paging.ts'

const invalid = (token: string) => new Fault('ValidationError', token)
const { pageOf, pageOfTable } = paging({
  ...{ token: 'Marker', limit: 'Size', next: 'Next', limitDefault: 2, limitMax: 3 },
  invalid,
})
const letters = ['c', 'a', 'e', 'b', 'd']

/** The pages of the letters, each joined. */
function pages(Size: number | undefined, order?: 'ascending' | 'descending'): readonly string[] {
  const seen: string[] = []
  for (let Marker: string | undefined; ;) {
    const { items, Next } = pageOf(letters, (letter) => letter, { Size, Marker }, order)
    seen.push(items.join(''))
    if (Next === undefined) return seen
    Marker = Next
  }
}

test('paging: either order, the default, the most', () => {
  assert.deepEqual(pages(undefined), ['ab', 'cd', 'e'])
  assert.deepEqual(pages(1), ['a', 'b', 'c', 'd', 'e'])
  assert.deepEqual(pages(100), ['abc', 'de'])
  assert.deepEqual(pages(3, 'descending'), ['edc', 'ba'])
})

test('paging: a table is asked for one more than is shown, behind the token', () => {
  const asked: unknown[] = []
  const found = [1, 2, 3].map((n) => ({ id: `id${n}`, document: { n } }))
  const table = { list: (slice: unknown) => (asked.push(slice), found) }
  const { items, Next } = pageOfTable(table, { prefix: 'id' })
  assert.deepEqual(items, [{ n: 1 }, { n: 2 }])
  pageOfTable(table, { Marker: Next })
  assert.deepEqual(asked, [
    { after: undefined, limit: 3, prefix: 'id', where: undefined },
    { after: 'id2', limit: 3, prefix: undefined, where: undefined },
  ])
})

test('paging: a token has one spelling', () => {
  const tokens = tokensOf(invalid)
  const token = tokens.write('é/?')
  assert.equal(tokens.read(token), 'é/?')
  for (const other of ['', 'abc', `${token}=`, token.slice(1), Buffer.from('2:x').toString('base64url')])
    assert.throws(() => tokens.read(other), Fault, other)
})
