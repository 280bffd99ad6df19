// Goal: what detection remembers is written down in time, and a detector that is off sees nothing, wherever the clock is set meanwhile.
// Method: a runner whose clocks the test sets, one record a pass, and what the cursors on disk say.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { detector, unknownSurroundings } from '#engines/detect/index.ts'
import { type DetectorDocument, detectors } from '../documents.ts'
import { createDetectionRunner } from './detection-runner.ts'

const scope = { account: '111122223333', region: 'eu-west-1' }
const hourMs = 3_600_000

async function ground(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-detection-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const store = createMemoryStore()
  const { randomBytes } = systemWorld()
  const clock = { nowMs: 10 * hourMs, elapsedMs: 0, setPerLook: 0 }
  const clocks = { nowMs: () => (clock.nowMs += clock.setPerLook), elapsedMs: () => clock.elapsedMs }
  const world = { ...clocks, randomBytes, every: () => () => {}, after: () => () => {} }
  const put = (status: DetectorDocument['status']) =>
    store.transact((tx) => {
      const detects = { arn: 'x', id: 'd', status, publishingFrequency: 'SIX_HOURS' }
      const times = { createdAtMs: 0, updatedAtMs: 0 }
      tx.put(detectors, scope, 'd', {
        ...detects,
        ...{ features: {}, tags: {} },
        ...times,
      } as unknown as DetectorDocument)
    })
  await put('ENABLED')
  let [arrived, seen] = [0, 0]
  /** Sees web records and finds nothing. */
  const calm = detector({
    name: 'calm',
    source: 'web',
    finds: {},
    remembers: { entityOf: ({ clientIp }) => clientIp, fresh: () => ({}) },
    see: () => void (seen += 1),
  })
  const line = (at: number) =>
    JSON.stringify({
      ...{ accountId: scope.account, atMs: 0, requestId: `r${at}`, clientIp: '192.0.2.1', labels: [] },
      ...{
        resourceArn: `arn:aws:elasticloadbalancing:${scope.region}:${scope.account}:loadbalancer/app/x/1`,
      },
      ...{ method: 'GET', host: 'x', path: '/' },
    })
  const runner = createDetectionRunner({
    ...{ store, world, directory, partition: 'aws', detectors: [calm], publish: () => true },
    sources: [
      {
        ...{ source: 'web', name: 'web', onArrival: () => () => {} },
        arrivals: (cursor) => {
          const from = typeof cursor === 'number' ? cursor : arrived
          const lines = Array.from({ length: arrived - from }, (_, at) => line(from + at))
          return Promise.resolve({ lines, cursor: arrived, more: false })
        },
      },
    ],
    log: (entry) => assert.fail(JSON.stringify(entry)),
    ...{ surroundingsOf: () => unknownSurroundings, globalSources: new Set() },
  })
  const passAfter = async (passedMs: number, setMs = 0): Promise<void> => {
    clock.elapsedMs += passedMs
    clock.nowMs += passedMs + setMs
    arrived += 1
    await runner.pass()
  }
  return { directory, clock, runner, put, passAfter, seen: () => seen }
}

test('detection runner: a clock that is set by hours neither keeps it from saving nor makes it save', async (t) => {
  const { directory, clock, runner, passAfter } = await ground(t)
  const savedAfter = async (passedMs: number, setMs = 0): Promise<unknown> => {
    await passAfter(passedMs, setMs)
    const file = join(directory, 'telemetry', 'detection', 'cursors.summed.jsonl')
    return (JSON.parse(readFileSync(file, 'utf8')) as { cursors: { web: number } }).cursors.web
  }
  await runner.pass()
  await runner.save()
  assert.equal(await savedAfter(1), 0, 'not each time')
  assert.equal(await savedAfter(10_000), 2)
  assert.equal(await savedAfter(1, -2 * hourMs), 2, 'a clock that is set back changes nothing')
  assert.equal(await savedAfter(10_000), 4)
  clock.setPerLook = hourMs
  assert.equal(await savedAfter(10_000), 5, 'also one that is set forward while it saves')
  clock.setPerLook = 0
  assert.equal(await savedAfter(10_000), 6, 'that save did not take an hour')
})

test('detection runner: a detector that is disabled sees nothing once its grace is over, though the clock is set back', async (t) => {
  const { runner, put, passAfter, seen } = await ground(t)
  await runner.pass()
  await passAfter(1)
  assert.equal(seen(), 1)
  await put('DISABLED')
  await passAfter(1)
  assert.equal(seen(), 2, 'what came before it was disabled may come now')
  await passAfter(6_000, -2 * hourMs)
  await passAfter(1)
  assert.equal(seen(), 2)
})
