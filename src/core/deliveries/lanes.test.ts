// Goal: targets that are slow hold up no other. Method: tasks that end when the test says so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lanes } from './lanes.ts'

/** Tasks by the name of their lane, as they begin; each ends when its end is called. */
function watched() {
  const lanes = new Lanes()
  const begun: { readonly lane: string; readonly end: () => void }[] = []
  const add = (lane: string, times: number): void => {
    for (let left = times; left > 0; left -= 1)
      lanes.add(lane, () => {
        const { promise, resolve } = Promise.withResolvers<void>()
        begun.push({ lane, end: resolve })
        return promise
      })
  }
  const ofLane = (lane: string): number => begun.filter((one) => one.lane === lane).length
  return { lanes, begun, add, ofLane }
}

test('lanes: one target gets eight tasks at a time, all together sixty-four', () => {
  const { begun, add, ofLane } = watched()
  add('slow', 100)
  assert.equal(ofLane('slow'), 8)
  add('quick', 1)
  assert.equal(ofLane('quick'), 1)
  for (let other = 0; other < 20; other += 1) add(`lane ${other}`, 100)
  assert.equal(begun.length, 64)
})

test('lanes: however much waits for slow targets, every lane has its turn', async () => {
  const { begun, add, ofLane } = watched()
  for (let slow = 0; slow < 8; slow += 1) add(`slow ${slow}`, 1000)
  assert.equal(begun.length, 64, 'the slow ones have all places')
  add('quick', 1)
  assert.equal(ofLane('quick'), 0)
  for (let slow = 0; slow < 8; slow += 1) begun[slow * 8]?.end()
  await turn()
  begun[1]?.end()
  await turn()
  assert.equal(ofLane('quick'), 1, 'after one more of each')
})

test('lanes: idle once nothing runs or waits; what waits can be forgotten', async () => {
  const { lanes, begun, add } = watched()
  await lanes.idle()
  add('one', 20)
  let isIdle = false
  const idle = lanes.idle().then(() => (isIdle = true))
  lanes.clear()
  for (const { end } of begun.slice(1)) end()
  await turn()
  assert.equal(isIdle, false, 'the first is still under way')
  begun[0]?.end()
  await idle
  assert.equal(begun.length, 8, 'what waited never began')
})

test('lanes: nothing more of one that is held begins until it goes on', async () => {
  const { lanes, begun, add, ofLane } = watched()
  add('one', 20)
  lanes.hold('one')
  for (const { end } of begun.splice(0)) end()
  await turn()
  assert.equal(begun.length, 0, 'twelve wait')
  await lanes.idle()
  add('one', 1)
  add('other', 1)
  assert.deepEqual([ofLane('one'), ofLane('other')], [0, 1])
  lanes.goOn('one')
  assert.equal(ofLane('one'), 8)
  lanes.goOn('nobody')
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
