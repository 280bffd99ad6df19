// Goal: Scheduler's schedules run within their bounds, a rate at its own pace. Method: rows; a rate against counting from its anchor.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { occurrenceFrom, parseSchedule, type Span } from '../index.ts'

const anchor = Date.UTC(2026, 0, 1, 0, 0, 10)
const minute = 60_000

const rows: readonly [
  name: string,
  expression: string,
  span: Partial<Span>,
  from: number,
  want: number | undefined,
][] = [
  ['a rate begins at once', 'rate(5 minutes)', {}, anchor, anchor],
  ['and keeps its pace', 'rate(5 minutes)', {}, anchor + 1, anchor + 5 * minute],
  ['however late one asks', 'rate(5 minutes)', {}, anchor + 12 * minute, anchor + 15 * minute],
  ['not before its start', 'rate(1 hour)', { startMs: anchor }, anchor - 7 * minute, anchor],
  [
    'not after its end',
    'rate(5 minutes)',
    { endMs: anchor + 6 * minute },
    anchor + 5 * minute + 1,
    undefined,
  ],
  ['at its end it does', 'rate(5 minutes)', { endMs: anchor + 5 * minute }, anchor + 1, anchor + 5 * minute],
  ['a cron at the very instant', 'cron(0 * * * ? *)', {}, Date.UTC(2026, 0, 1, 3), Date.UTC(2026, 0, 1, 3)],
  [
    'a cron from its start on',
    'cron(0 * * * ? *)',
    { startMs: Date.UTC(2026, 0, 2, 3, 1) },
    anchor,
    Date.UTC(2026, 0, 2, 4),
  ],
  ['a cron that is over', 'cron(0 0 1 1 ? 2027)', { endMs: Date.UTC(2026, 5, 1) }, anchor, undefined],
  [
    'one time, whatever the bounds',
    'at(2026-03-01T00:00:00)',
    { endMs: anchor },
    anchor,
    Date.UTC(2026, 2, 1),
  ],
  ['at its very instant', 'at(2026-03-01T00:00:00)', {}, Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 1)],
  ['and not again', 'at(2026-03-01T00:00:00)', {}, Date.UTC(2026, 2, 1) + 1, undefined],
]

for (const [name, expression, span, from, want] of rows) {
  test(`occurrence: ${name}`, () => {
    const parsed = parseSchedule(expression, 'UTC')
    assert.ok(parsed.ok)
    assert.equal(occurrenceFrom(parsed.schedule, { anchorMs: anchor, ...span }, from), want)
  })
}

test('occurrence: all rows ran', () => assert.equal(rows.length, 12))

test('occurrence: a rate is its anchor and whole periods, the first that is not before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: -1e9, max: 1e9 }), (count, later) => {
      const parsed = parseSchedule(`rate(${count} minutes)`, 'UTC')
      assert.ok(parsed.ok)
      const next = occurrenceFrom(parsed.schedule, { anchorMs: anchor }, anchor + later) ?? Number.NaN
      assert.equal((next - anchor) % (count * minute), 0)
      assert.ok(next >= anchor + later && next >= anchor)
      assert.ok(next === anchor || next - count * minute < anchor + later)
    }),
  )
})
