// Goal: whatever is due is found once, whatever is not due yet costs nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dueUnder, scheduledUnder } from './schedule.ts'

const hourMs = 3_600_000
const time = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) })

test('schedule: what was due by the end of the hour is found under exactly one value, anything later under none', () => {
  fc.assert(
    fc.property(time, time, (atMs, nowMs) => {
      const due = new Set(dueUnder(nowMs))
      const found = scheduledUnder(atMs).filter((value) => due.has(value)).length
      assert.equal(found, Math.floor(atMs / hourMs) <= Math.floor(nowMs / hourMs) ? 1 : 0)
    }),
    { numRuns: 2000 },
  )
})

test('schedule: at the edges of hours and wider spans', () => {
  const base = 4096 * 120 * hourMs
  let cases = 0
  for (const now of [base - 1, base, base + 1, base + 64 * hourMs - 1, base + 64 * hourMs]) {
    const due = new Set(dueUnder(now))
    for (const offset of [-4097, -4096, -65, -64, -63, -1, 0, 1, 64, 4096]) {
      const at = now + offset * hourMs
      const found = scheduledUnder(at).filter((value) => due.has(value)).length
      assert.equal(found, offset <= 0 ? 1 : 0, `${now} ${offset}`)
      cases += 1
    }
  }
  assert.equal(cases, 50)
})

test('schedule: a few hundred look-ups, in this century and the next', () => {
  assert.ok(dueUnder(Date.UTC(2026, 0, 1)).length < 260)
  assert.ok(dueUnder(Date.UTC(2126, 0, 1)).length < 500)
})
