// Goal: each run reaches its target when it is due, as the schedule says, by its role, whatever fails or ends in between.
// Method: the rig's services in the place of the targets'; a clock that the test holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { minute, rig } from './rig.test.ts'

test('a one-time schedule runs once, at its time, by its role', async () => {
  const { create, at, given, waiting } = await rig()
  await create('once', 'at(2026-01-02T03:10:00)')
  await at(5 * minute)
  assert.equal(given.length, 0)
  await at(6 * minute)
  await at(60 * minute)
  assert.deepEqual(
    given.map(({ operation, input, caller }) => [operation, input['MessageBody'], caller]),
    [['SendMessage', 'from once', 'assumed-role']],
  )
  assert.deepEqual(waiting(), [])
})
