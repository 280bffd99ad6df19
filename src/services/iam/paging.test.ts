// Goal: pages hold everything that is there throughout exactly once, in order, whatever changes between them.
// Method: fast-check makes and removes things between the pages; a set says what must have been seen.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#core/fault.ts'
import { page, pageOf } from './paging.ts'

const ids = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom('a', 'B', 'c', 'é', ':', '/', '='), minLength: 1, maxLength: 4 }),
  {
    maxLength: 20,
  },
)

test('paging: what stays is seen once, in order', () => {
  fc.assert(
    fc.property(ids, ids, ids, fc.integer({ min: 1, max: 5 }), (first, made, removed, MaxItems) => {
      const present = new Set(first)
      const seen: string[] = []
      let Marker: string | undefined
      for (let round = 0; ; round += 1) {
        const { items, info } = pageOf(
          { MaxItems, Marker },
          [...present].map((id) => ({ id })),
        )
        seen.push(...items.map(({ id }) => id))
        assert.ok(items.length <= MaxItems)
        assert.equal(info.IsTruncated, info.Marker !== undefined)
        if (info.Marker === undefined) break
        Marker = info.Marker
        const [comes, goes] = [made[round], removed[round]]
        if (comes !== undefined) present.add(comes)
        if (goes !== undefined) present.delete(goes)
      }
      assert.deepEqual(seen, [...new Set(seen)].sort())
      const stayed = first.filter((id) => !removed.includes(id))
      for (const id of stayed) assert.ok(seen.includes(id), id)
    }),
  )
})

test('paging: a full last page is not truncated', () => {
  const all = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
  const { info } = pageOf({ MaxItems: 2 }, all)
  assert.deepEqual(pageOf({ MaxItems: 2, Marker: info.Marker }, all), {
    items: [{ id: 'c' }, { id: 'd' }],
    info: { IsTruncated: false },
  })
})

test('paging: a hundred unless told', () => {
  let asked = 0
  page({}, (_, limit) => {
    asked = limit
    return []
  })
  assert.equal(asked, 101)
})

test('paging: only a marker that was handed out is one', () => {
  const read = () => []
  fc.assert(
    fc.property(fc.string(), (Marker) => {
      const { info } = pageOf({ MaxItems: 1 }, [{ id: 'a' }, { id: 'b' }])
      fc.pre(Marker !== info.Marker && !Buffer.from(Marker, 'base64url').toString().startsWith('1:'))
      assert.throws(() => page({ Marker }, read), Fault)
    }),
  )
  assert.throws(() => page({ Marker: 'MTph=' }, read), Fault) // Spelled otherwise.
  assert.doesNotThrow(() => page({ Marker: 'MTph' }, read))
})
