// Goal: a record is seen once while it is remembered, and different flows have different ids.
// Method: random ids against sets that forget nothing; flows that differ in one member each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FlowRecord } from '../records.ts'
import { flowId } from './flow-id.ts'
import { SeenIds } from './seen-ids.ts'

const anyId = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.maxSafeNat().map((id) => id + 1),
  // Those that fall on one place.
  fc.nat(20).map((at) => 7 + at * 2 ** 32),
  fc.string({ maxLength: 3 }),
)

test('seen ids: as long as there is room, each is new once, after a restart too', () => {
  fc.assert(
    fc.property(fc.array(anyId, { maxLength: 120 }), (given) => {
      const [seen, known] = [new SeenIds(1000), new Set<string | number>()]
      for (const id of given) {
        assert.equal(seen.isNew(id), !known.has(id))
        known.add(id)
      }
      const again = new SeenIds(1000)
      again.restore(JSON.parse(JSON.stringify(seen.state())) as readonly (string | number)[]) // `state` wrote it.
      for (const id of given) assert.equal(again.isNew(id), false)
    }),
  )
})

test('seen ids: of the last ones, at least half of the room is remembered', () => {
  const seen = new SeenIds(100)
  for (let id = 1; id <= 1000; id += 1) assert.ok(seen.isNew(id) && seen.isNew(`${id}`))
  for (let id = 951; id <= 1000; id += 1) assert.ok(!seen.isNew(id) && !seen.isNew(`${id}`))
  assert.ok(seen.state().length <= 200)
})

test('seen ids: long texts are told apart by all of their characters, and take no more room than short ones', () => {
  const seen = new SeenIds(100)
  const long = (end: string): string => `${'a'.repeat(65_536)}${end}`
  assert.deepEqual(
    [long('1'), long('2'), long('1')].map((id) => seen.isNew(id)),
    [true, true, false],
  )
  for (const id of seen.state()) assert.ok(String(id).length <= 256)
  const again = new SeenIds(100)
  again.restore(seen.state())
  assert.deepEqual([again.isNew(long('2')), again.isNew(long('3'))], [false, true])
})

const flow: FlowRecord = {
  ...{ accountId: '111122223333', interfaceId: 'eni-1', srcaddr: '10.0.0.1', dstaddr: '10.0.0.2' },
  ...{ srcport: 1, dstport: 2, protocol: 6, packets: 1, bytes: 40, startMs: 1000, endMs: 2000 },
  action: 'ACCEPT',
}

test('flow ids: every member that tells flows apart does', () => {
  const others: readonly Partial<FlowRecord>[] = [
    { interfaceId: 'eni-2' },
    { srcaddr: '10.0.0.2', dstaddr: '10.0.0.1' },
    { srcaddr: '10.0.0.11', dstaddr: '0.0.0.2' },
    { srcport: 2, dstport: 1 },
    { protocol: 17 },
    { action: 'REJECT' },
    { startMs: 1001 },
    { startMs: 2000 },
  ]
  const ids = new Set([flow, ...others.map((other) => ({ ...flow, ...other }))].map(flowId))
  assert.equal(ids.size, others.length + 1)
  assert.equal(flowId({ ...flow, packets: 9 }), flowId(flow))
})

test('flow ids: a hundred thousand flows have as many', () => {
  const ids = new Set<number>()
  for (let at = 0; at < 100_000; at += 1)
    ids.add(flowId({ ...flow, srcport: at & 65_535, startMs: 1_767_571_200_000 + (at >> 16) * 1000 }))
  assert.equal(ids.size, 100_000)
  assert.ok([...ids].every((id) => Number.isSafeInteger(id) && id > 0))
})
