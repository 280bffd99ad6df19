// Goal: timestamps are read exactly, and what is no moment is refused. Method: rows, then every millisecond format both ways.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Malformed } from './fault.ts'
import type { TimestampFormat } from './shapes.ts'
import { timestampOf, timestampText } from './timestamp.ts'

const rows: readonly [text: string, format: TimestampFormat, want: string][] = [
  ['2024-02-29T12:34:56Z', 'iso8601', '2024-02-29T12:34:56.000Z'],
  ['2024-02-29T12:34:56.123456Z', 'iso8601', '2024-02-29T12:34:56.123Z'],
  ['2024-02-29T12:34:56+02:00', 'iso8601', '2024-02-29T10:34:56.000Z'],
  ['2024-02-29T12:34Z', 'iso8601', '2024-02-29T12:34:00.000Z'],
  ['2024-02-29', 'iso8601', '2024-02-29T00:00:00.000Z'],
  ['2023-02-29T12:34:56Z', 'iso8601', 'refused'], // No leap year.
  ['2024-13-01T00:00:00Z', 'iso8601', 'refused'],
  ['2024-01-01T24:00:00Z', 'iso8601', 'refused'],
  ['2024-01-01T00:60:00Z', 'iso8601', 'refused'],
  ['yesterday', 'iso8601', 'refused'],
  ['Thu, 29 Feb 2024 12:34:56 GMT', 'rfc822', '2024-02-29T12:34:56.000Z'],
  ['29 Feb 2024 12:34:56.5 GMT', 'rfc822', '2024-02-29T12:34:56.500Z'],
  ['Thu, 29 Foo 2024 12:34:56 GMT', 'rfc822', 'refused'],
  ['1709210096', 'unixTimestamp', '2024-02-29T12:34:56.000Z'],
  ['1709210096.25', 'unixTimestamp', '2024-02-29T12:34:56.250Z'],
  ['1.709210096E9', 'unixTimestamp', '2024-02-29T12:34:56.000Z'],
  ['1e300', 'unixTimestamp', 'refused'], // Beyond what a date can hold.
  ['NaN', 'unixTimestamp', 'refused'],
]

for (const [text, format, want] of rows) {
  test(`timestamp: ${text} as ${format} is ${want}`, () => {
    if (want === 'refused') assert.throws(() => timestampOf(text, format), Malformed)
    else assert.equal(timestampOf(text, format).toISOString(), want)
  })
}

test('timestamp: what is written is read again', () => {
  const moments = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  fc.assert(
    fc.property(moments, fc.constantFrom('iso8601', 'rfc822', 'unixTimestamp'), (moment, format) => {
      const exact = format === 'rfc822' ? new Date(Math.floor(moment.getTime() / 1000) * 1000) : moment
      assert.deepEqual(timestampOf(timestampText(exact, format), format), exact)
    }),
  )
})
