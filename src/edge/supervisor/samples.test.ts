// Goal: samples of three hours are kept in bounded memory, and a busy web ACL takes nobody's newest ones.
// Method: reports as workers make them, of a quiet metric and of many busy ones, on a clock of the test's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import type { SampledRequest } from '#core/edge-view.ts'
import { SampleMinutes } from './samples.ts'

const arn = 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn // An ARN like any other.
const minuteMs = 60_000
const startMs = Date.UTC(2026, 10, 26, 12, 0)
/** So large that a little less than 50,000 of them are all that is kept. */
const uri = 'x'.repeat(640)

function sampled() {
  const clock = { nowMs: startMs }
  const minutes = new SampleMinutes(() => clock.nowMs)
  return {
    clock,
    report: (metricName: string, count: number, target = uri): void => {
      const { nowMs } = clock
      const at = Math.floor(nowMs / minuteMs) * minuteMs
      const requests = Array.from(
        { length: count },
        () => ({ timestampMs: nowMs, uri: target }) as SampledRequest,
      ) // No more is looked at.
      minutes.add([{ webACL: arn, metricName, minuteMs: at, population: count, requests }])
    },
    found: (metricName: string): number =>
      minutes.find({ webACL: arn, metricName, fromMs: 0, toMs: clock.nowMs, max: 100_000 }).requests.length,
  }
}

test('samples: when there are too many, the oldest minutes go, of whatever metric', () => {
  const { clock, report, found } = sampled()
  report('quiet', 5)
  for (let minute = 0; minute < 10; minute += 1) {
    clock.nowMs += minuteMs
    for (let metric = 0; metric < 20; metric += 1) report(`busy ${metric}`, 500)
    report('quiet', 5)
  }
  assert.equal(found('quiet'), 20, 'it keeps its last minutes, and loses those that all lost')
  assert.equal(found('busy 0'), 2_000)
})

test('samples: requests with as many headers as they may have take no more memory than others', () => {
  const { clock, report, found } = sampled()
  for (let minute = 0; minute < 4; minute += 1) {
    clock.nowMs += minuteMs
    for (let metric = 0; metric < 2; metric += 1) report(`busy ${metric}`, 100, 'x'.repeat(64 * 1024))
  }
  assert.equal(found('busy 0') + found('busy 1'), 400)
})

test('samples: after three hours they are gone', () => {
  const { clock, report, found } = sampled()
  report('one', 5)
  clock.nowMs += 179 * minuteMs
  report('one', 5)
  assert.equal(found('one'), 10)
  clock.nowMs += 2 * minuteMs
  report('one', 5)
  assert.equal(found('one'), 10)
})
