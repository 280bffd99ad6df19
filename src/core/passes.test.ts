// Goal: what is asked for is done, whenever it is asked; never twice at once, never after the end. Method: work that the test lets end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasses } from './passes.ts'

function rig() {
  const ending = new AbortController()
  const failures: unknown[] = []
  const begun: PromiseWithResolvers<void>[] = []
  const passes = createPasses(
    () => {
      const work = Promise.withResolvers<void>()
      begun.push(work)
      return work.promise
    },
    { ending: ending.signal, onFailure: (error) => failures.push(error) },
  )
  return { ...passes, ending, failures, begun }
}

const turn = (): Promise<void> => new Promise(setImmediate)

test('passes: what is asked for meanwhile is done once more, after it', async () => {
  const { pass, idle, begun } = rig()
  const all = [pass(), pass(), pass()]
  assert.equal(begun.length, 1)
  begun[0]?.resolve()
  await turn()
  assert.equal(begun.length, 2)
  begun[1]?.resolve()
  await Promise.all(all)
  await idle()
  assert.equal(begun.length, 2)
})

test('passes: who asks when one is just over is not forgotten', async () => {
  const { pass, begun } = rig()
  const first = pass()
  begun[0]?.resolve()
  await first
  const second = pass()
  assert.equal(begun.length, 2)
  begun[1]?.resolve()
  await second
})

test('passes: a failure is told, and the next asking begins anew', async () => {
  const { pass, begun, failures } = rig()
  const first = pass()
  begun[0]?.reject(new Error('no'))
  await first
  assert.match(String(failures[0]), /no/)
  void pass()
  assert.equal(begun.length, 2)
})

test('passes: after the end nothing begins', { timeout: 5_000 }, async () => {
  const { pass, ending, begun } = rig()
  const first = pass()
  void pass()
  ending.abort()
  begun[0]?.resolve()
  await first
  await pass()
  assert.equal(begun.length, 1)
})
