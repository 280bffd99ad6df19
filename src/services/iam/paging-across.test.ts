// Goal: pages over several kinds hold what stays exactly once, kind by kind, whatever changes between them and is filtered.
// Method: fast-check makes and removes things of three kinds between the pages; a set says what must have been seen.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pageAcross, type Source } from './paging-across.ts'

const id = fc.string({ unit: fc.constantFrom('a', 'b', '/', '0', '1', '2'), minLength: 1, maxLength: 3 })
const things = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 }), id), {
  maxLength: 20,
  selector: ([kind, name]) => `${kind} ${name}`,
})
type Thing = readonly [kind: number, name: string]

function sourceOf(present: ReadonlySet<string>, kind: number): Source<string> {
  return (after) =>
    [...present]
      .filter((thing) => thing.startsWith(`${kind} `))
      .map((thing) => thing.slice(2))
      .filter((name) => after === undefined || name > after)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((name) => ({ id: name, document: `${kind} ${name}` }))
}

test('paging across: what stays is seen once, kind by kind', () => {
  const wanted = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean())
  let truncated = 0
  fc.assert(
    fc.property(
      things,
      things,
      things,
      wanted,
      fc.integer({ min: 1, max: 5 }),
      (first, made, gone, wants, MaxItems) => {
        const text = ([kind, name]: Thing): string => `${kind} ${name}`
        const present = new Set(first.map(text))
        const seen: string[] = []
        let Marker: string | undefined
        for (let round = 0; ; round += 1) {
          const sources = wants.map((want, kind) => (want ? sourceOf(present, kind) : undefined))
          const { items, info } = pageAcross({ MaxItems, Marker }, sources)
          seen.push(...items.map(({ document }) => document))
          for (const { kind, document } of items) assert.equal(document[0], String(kind))
          assert.ok(items.length <= MaxItems)
          if (info.Marker === undefined) break
          truncated += 1
          Marker = info.Marker
          const [comes, goes] = [made[round], gone[round]]
          if (comes !== undefined) present.add(text(comes))
          if (goes !== undefined) present.delete(text(goes))
        }
        assert.deepEqual(
          seen,
          [...new Set(seen)].toSorted((a, b) => (a < b ? -1 : 1)),
        )
        const removed = new Set(gone.map(text))
        for (const thing of first) {
          if (wants[thing[0]] === true && !removed.has(text(thing))) assert.ok(seen.includes(text(thing)))
        }
        for (const thing of seen) assert.equal(wants[Number(thing[0])], true)
      },
    ),
    { numRuns: 400 }, // With fewer, chance may truncate too rarely.
  )
  assert.ok(truncated > 50, String(truncated))
})
