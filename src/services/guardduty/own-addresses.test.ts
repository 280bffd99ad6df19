// Goal: this cloud's own addresses are its networks, its machine and nothing else.
// Method: rows of addresses; a network that changes as time passes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryStore } from '#core/store/index.ts'
import { createOwnAddresses } from './own-addresses.ts'

const rows: readonly [address: string, own: boolean][] = [
  ['172.31.4.5', true],
  ['172.32.4.5', false],
  ['127.0.0.1', true],
  ['::1', true],
  ['198.51.100.7', true],
  ['198.51.100.8', false],
  ['2001:db8::7', true],
  ['2001:db8::8', false],
  ['not an address', false],
  ['10.0.0.1', false],
]

test('own addresses: of networks and of the machine', () => {
  const { read } = createMemoryStore()
  const scope = { account: '111122223333', region: 'eu-west-1' }
  let nowMs = 0
  let ranges = ['172.31.0.0/16']
  const isOwn = createOwnAddresses({
    ranges: () => ranges,
    machine: () => ['198.51.100.7', '2001:db8::7'],
    world: { nowMs: () => nowMs },
  })
  for (const [address, own] of rows) assert.equal(isOwn(read, scope, address), own, address)
  assert.equal(rows.length, 10)
  ranges = ['10.0.0.0/8']
  nowMs += 5_001
  assert.deepEqual([isOwn(read, scope, '10.0.0.1'), isOwn(read, scope, '172.31.4.5')], [true, false])
})
