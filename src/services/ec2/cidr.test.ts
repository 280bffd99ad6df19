// Goal: blocks are read strictly and compared rightly. Method: rows of texts; properties against the arithmetic of 32-bit numbers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contains, overlap, readBlock } from './cidr.ts'

const rows: readonly (readonly [text: string, want: string | undefined])[] = [
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['255.255.255.255/32', '255.255.255.255/32'],
  ['2001:DB8::1/32', '2001:db8::/32'],
  ['::/0', '::/0'],
  ['::ffff:192.0.2.1/128', '::ffff:c000:201/128'],
  ['10.0.0.0', undefined],
  ['10.0.0.0/', undefined],
  ['10.0.0.0/33', undefined],
  ['10.0.0.0/08', undefined],
  ['10.0.0.0/-1', undefined],
  ['10.0.0.0/255.0.0.0', undefined],
  ['10.0.0/8', undefined],
  ['10.0.0.0.0/8', undefined],
  ['010.0.0.0/8', undefined],
  ['0x0a.0.0.0/8', undefined],
  ['167772160/8', undefined],
  ['256.0.0.0/8', undefined],
  [' 10.0.0.0/8', undefined],
  ['10.0.0.0/8\n', undefined],
  ['::/129', undefined],
  ['fe80::%1/64', undefined],
  [':::/64', undefined],
  ['', undefined],
]

for (const [text, want] of rows)
  test(`cidr: ${JSON.stringify(text)}`, () => assert.equal(readBlock(text)?.cidr, want))
test('cidr: all rows ran', () => assert.equal(rows.length, 25))

/** A block as its first and last address. */
interface Range {
  readonly text: string
  readonly first: number
  readonly last: number
}

const range: fc.Arbitrary<Range> = fc
  .record({ address: fc.integer({ min: 0, max: 0xffffffff }), length: fc.integer({ min: 0, max: 32 }) })
  .map(({ address, length }) => {
    const size = 2 ** (32 - length)
    const first = Math.floor(address / size) * size
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256)
    return { text: `${parts.join('.')}/${length}`, first, last: first + size - 1 }
  })

test('cidr: blocks contain and overlap as their addresses do', () => {
  fc.assert(
    fc.property(range, range, (one, other) => {
      const [a, b] = [readBlock(one.text), readBlock(other.text)]
      assert.ok(a && b)
      assert.equal(readBlock(a.cidr)?.cidr, a.cidr, 'what is canonical stays')
      assert.equal(contains(a, b), one.first <= other.first && other.last <= one.last)
      assert.equal(overlap(a, b), one.first <= other.last && other.first <= one.last)
    }),
  )
})
