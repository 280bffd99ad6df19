// Goal: what is remembered of entities takes bounded memory, whatever their names. Method: names of every length, twice each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Entities } from './entities.ts'

test('entities: a long name is remembered as well as a short one, in the room of a short one', () => {
  const entities = new Entities(100, () => ({ seen: 0 }))
  const names = [1, 255, 256, 257, 65_536].flatMap((length) =>
    ['a', 'b'].map((end) => 'n'.repeat(length - 1) + end),
  )
  for (const name of [...names, ...names]) entities.of(name).seen += 1
  assert.deepEqual(
    names.map((name) => entities.of(name).seen),
    names.map(() => 2),
  )
  assert.ok(entities.state().every(([name]) => name.length <= 256))
  const again = new Entities(100, () => ({ seen: 0 }))
  again.restore(entities.state())
  for (const name of names) assert.equal(again.of(name).seen, 2)
})
