// Goal: the head is never taken back, whoever publishes last, and waiting for the lock ends with its release.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Head } from './head.ts'

test('the newest published sequence stands, in every thread that shares the buffer', () => {
  const head = new Head()
  const shared = new Head(head.buffer)
  assert.equal(shared.seq, 0)
  let ran = 0
  for (const [publish, want] of [
    [5, 5],
    [3, 5],
    [5, 5],
    [2 ** 40, 2 ** 40],
    [6, 2 ** 40],
  ] as const) {
    head.publish(publish)
    assert.equal(shared.seq, want)
    ran++
  }
  assert.equal(ran, 5)
})

test('a release before the wait is not missed', () => {
  const head = new Head()
  const releases = head.releases
  new Head(head.buffer).release()
  const begin = performance.now()
  head.waitForRelease(releases, 10_000)
  assert.ok(performance.now() - begin < 5000)
})
