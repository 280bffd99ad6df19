// Goal: what occurs often is counted within the promised error, never above what occurred, in bounded memory, whatever the order.
// Method: streams of a seeded generator, compared with an exact count; the merging of several, as the main process does it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HeavyHitters } from './heavy-hitters.ts'

const max = 8
/** Few keys that are frequent, many that are rare. */
const key = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 200 })).map(String)

test('heavy hitters: never more than occurred, and short of it by what is promised; merged ones too', () => {
  let runs = 0
  fc.assert(
    fc.property(fc.array(fc.array(key, { maxLength: 300 }), { minLength: 1, maxLength: 3 }), (streams) => {
      const exact = new Map<string, number>()
      const merged = new HeavyHitters(max)
      for (const stream of streams) {
        const one = new HeavyHitters(max)
        for (const item of stream) {
          exact.set(item, (exact.get(item) ?? 0) + 1)
          one.add(item)
          assert.ok(one.size <= 2 * max)
        }
        for (const [item, count] of one.entries()) merged.add(item, count)
      }
      assert.ok(merged.size <= 2 * max)
      const found = new Map(merged.entries())
      const all = streams.flat().length
      for (const [item, count] of exact) {
        const shown = found.get(item) ?? 0
        assert.ok(shown <= count, `${item}: ${shown} of ${count}`)
        assert.ok(count - shown <= (2 * all) / (max + 1), `${item}: ${shown} of ${count}, of ${all}`)
      }
      for (const item of found.keys()) assert.ok(exact.has(item))
      runs += 1
    }),
  )
  assert.ok(runs >= 100)
})

test('heavy hitters: a few keys are counted exactly, and a frequent one outlives a flood of others', () => {
  const few = new HeavyHitters(max)
  for (let at = 0; at < 800; at++) few.add(String(at % max))
  assert.deepEqual(
    few.entries(),
    Array.from({ length: max }, (_, at) => [String(at), 100]),
  )
  const flooded = new HeavyHitters(max)
  for (let at = 0; at < 10_000; at++) {
    flooded.add(`rare ${at}`)
    flooded.add('frequent')
  }
  const shown = new Map(flooded.entries()).get('frequent') ?? 0
  assert.ok(shown > 10_000 - 20_000 / (max + 1), String(shown))
})
