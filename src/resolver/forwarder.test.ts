// Goal: a question has so much time, whatever is set of the clock and however often an upstream has to be asked.
// Method: the forwarder by itself before an upstream of the test, on a clock of the test; the time that each attempt gets is noted.
import { decode } from 'dns-packet'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemWorld } from '#core/world.ts'
import { createForwarder } from './forwarder.ts'
import { limits } from './limits.ts'
import { readQuery } from './query.ts'
import { address, query, upstream } from './rig.test.ts'

function asked(name: string) {
  const read = readQuery(query(name))
  return 'kind' in read ? assert.fail('no query') : read
}

test('forwarder: a clock that is set forward takes no time of a question', async (t) => {
  let nowMs = 0
  const up = await upstream(t, ({ packet }) => ({
    answers: [address(packet.questions?.[0]?.name ?? '', '192.0.2.1')],
  }))
  const world = { ...systemWorld(), nowMs: () => (nowMs += 3_600_000) }
  const answer = await createForwarder({ world, upstreams: [up] }).answer(asked('a.example.com'))
  assert.equal(answer && decode(answer).answers?.length, 1)
})

test('forwarder: an attempt by TCP gets what time is left', async (t) => {
  let elapsedMs = 0
  const given: number[] = []
  const up = await upstream(t, ({ transport }) => {
    elapsedMs = limits.questionMs - 100
    return transport === 'UDP' ? { flags: 0x0200 } : undefined
  })
  const world = {
    ...systemWorld(),
    nowMs: () => elapsedMs,
    elapsedMs: () => elapsedMs,
    after(delayMs: number, task: () => void) {
      given.push(delayMs)
      return systemWorld().after(delayMs, task)
    },
  }
  const answering = createForwarder({ world, upstreams: [up] }).answer(asked('a.example.com'))
  assert.equal(await answering.then((answer) => answer?.length), undefined)
  assert.deepEqual(given.slice(0, 2), [limits.attemptMs, 100])
})
