// Goal: what is due by the clock is not held up by one that is set back. Method: rows, with the clock before and after.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDue, isOver } from './elapsed.ts'

const day = 86_400_000

test('elapsed: over when its time has passed, or when the clock was set back', () => {
  const rows: readonly [why: string, sinceMs: number, nowMs: number, want: boolean][] = [
    ['not yet', 1_000, 1_999, false],
    ['just now', 1_000, 2_000, true],
    ['long ago', 1_000, day, true],
    ['set back by a day', day + 1_000, 1_000, true],
  ]
  for (const [why, since, now, want] of rows) assert.equal(isOver(since, now, 1_000), want, why)
  assert.equal(rows.length, 4)
})

test('elapsed: due when its time has come, or is further away than it may be', () => {
  const rows: readonly [why: string, dueAtMs: number, nowMs: number, want: boolean][] = [
    ['not yet', 2_000, 1_999, false],
    ['just now', 2_000, 2_000, true],
    ['the longest wait', 61_000, 1_000, false],
    ['set back by a day', day + 2_000, 2_000, true],
  ]
  for (const [why, due, now, want] of rows) assert.equal(isDue(due, now, 60_000), want, why)
  assert.equal(rows.length, 4)
})
