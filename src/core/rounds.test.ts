// Goal: work that is done from time to time is never under way twice, and has ended once its rounds are closed. Method: a clock by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogEntry } from './log.ts'
import { createLoggedRounds, createRounds } from './rounds.ts'
import { CommitFailed } from './store/index.ts'

test('rounds: one at a time, by the clock and when asked; closing waits for it', async () => {
  const begun: PromiseWithResolvers<number>[] = []
  let tick: (() => void) | undefined
  const world = { every: (_ms: number, task: () => void) => ((tick = task), () => (tick = undefined)) }
  const rounds = createRounds(world, 1_000, () => {
    const round = Promise.withResolvers<number>()
    begun.push(round)
    return round.promise
  })
  tick?.()
  const asked = [rounds.now(), rounds.now()]
  tick?.()
  assert.equal(begun.length, 1)
  begun[0]?.resolve(7)
  assert.deepEqual(await Promise.all(asked), [7, 7])

  const next = rounds.now()
  assert.equal(begun.length, 2, 'the first has ended')
  let closed = false
  const closing = rounds.close().then(() => (closed = true))
  await Promise.resolve()
  assert.deepEqual([closed, tick], [false, undefined])
  begun[1]?.resolve(8)
  await closing
  assert.equal(await next, 8)
})

test('rounds: one that fails says so, and the next is done', async () => {
  const logged: LogEntry[] = []
  const failures: (Error | undefined)[] = [new CommitFailed('disk full'), new Error('mistake'), undefined]
  let done = 0
  const parts = { world: { every: () => () => undefined }, log: (entry: LogEntry) => void logged.push(entry) }
  const rounds = createLoggedRounds(parts, 1_000, 'things-not-noted', () => {
    done += 1
    const failure = failures.shift()
    return failure === undefined ? Promise.resolve() : Promise.reject(failure)
  })
  for (let left = 3; left > 0; left -= 1) await rounds.now()
  assert.equal(done, 3)
  assert.deepEqual(
    logged.map(({ level, event }) => [level, event]),
    [
      ['error', 'things-not-noted'],
      ['error', 'bug'],
    ],
  )
})
