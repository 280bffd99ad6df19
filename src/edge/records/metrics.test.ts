import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from './metrics.ts'

const described = { namespace: 'AWS/X', account: '111122223333', region: 'us-east-1', dimensions: [] }

test('metrics: each minute is summed by itself, and told once', () => {
  const metrics = new Metrics()
  const series = metrics.series(described)
  series.count('Requests', 60_000)
  series.count('Requests', 119_999)
  series.count('Requests', 120_000)
  series.count('Requests', 61_000) // Late: it belongs to the minute before.
  const told = metrics.take().map(({ minuteMs, count, sum }) => [minuteMs, count, sum])
  assert.deepEqual(told, [
    [60_000, 2, 2],
    [120_000, 1, 1],
    [60_000, 1, 1],
  ])
  assert.deepEqual(metrics.take(), [])
  series.count('Requests', 121_000)
  assert.equal(metrics.take().length, 1, 'a series goes on after it was told')
})

test('metrics: what is measured keeps its extremes and its values to two digits', () => {
  const metrics = new Metrics()
  const series = metrics.series(described)
  for (const value of [0.123, 0.124, 9]) series.measure('Time', 'Seconds', 0, value)
  const [told] = metrics.take()
  assert.deepEqual(
    [told?.count, told?.min, told?.max, told?.distribution],
    [
      3,
      0.123,
      9,
      [
        [0.12, 2],
        [9, 1],
      ],
    ],
  )
})
