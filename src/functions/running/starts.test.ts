// Goal: a burst of events starts so many environments at a time, and nothing that starts slowly keeps others from it.
// Method: places under a clock of the test's own; then a real host with a burst.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionRig } from '../../../test/functions/rig.ts'
import { Starts } from './starts.ts'

function rig() {
  const timers: (() => void)[] = []
  const after = (_ms: number, task: () => void) => {
    timers.push(task)
    return () => void timers.splice(timers.indexOf(task), 1)
  }
  return { starts: new Starts({ after }, { places: 2, heldMs: 1_000 }), timers }
}

test('starts: so many places; one that is handed back is taken again, and counts once', async () => {
  const { starts, timers } = rig()
  const [first, second] = [starts.take(), starts.take()]
  assert.ok(first && second)
  assert.equal(starts.take(), undefined)
  const change = starts.change()
  first()
  first()
  await change
  assert.ok(starts.take())
  assert.equal(starts.take(), undefined)
  second()
  assert.equal(timers.length, 1)
})

test('starts: what takes too long gives its place up', async () => {
  const { starts, timers } = rig()
  const slow = [starts.take(), starts.take()]
  const change = starts.change()
  timers[0]?.()
  await change
  assert.ok(starts.take())
  for (const handBack of slow) handBack?.()
  assert.ok(starts.take())
  assert.equal(starts.take(), undefined)
})

test('starts: a burst is run by fewer environments than it has events, all of it', async (t) => {
  const { run, host, provided } = functionRig(t)
  await host.runtimes() // What is made once is no start.
  const burst = Array.from({ length: 60 }, (_, event) =>
    run('work', 'export const handler = async (event) => event', { event }),
  )
  assert.deepEqual(
    await Promise.all(burst),
    Array.from({ length: 60 }, (_, event) => event),
  )
  assert.ok(provided() < 60, `${provided()} environments were made`)
})
