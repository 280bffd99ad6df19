// Goal: what detection remembers is written down in time, wherever the clock is set meanwhile.
// Method: a runner whose clocks the test sets, one record a pass, and what the cursors on disk say.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { detector, unknownSurroundings } from '#engines/detect/index.ts'
import { type DetectorDocument, detectors } from '../documents.ts'
import { createDetectionRunner } from './detection-runner.ts'

const scope = { account: '111122223333', region: 'eu-west-1' }
const hourMs = 3_600_000

/** Sees web records and finds nothing. */
const calm = detector({
  name: 'calm',
  source: 'web',
  finds: {},
  remembers: { entityOf: ({ clientIp }) => clientIp, fresh: () => ({}) },
  see: () => undefined,
})

test('detection runner: a clock that is set by hours neither keeps it from saving nor makes it save', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-detection-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const store = createMemoryStore()
  const { randomBytes } = systemWorld()
  let [nowMs, elapsedMs, setPerLook] = [10 * hourMs, 0, 0]
  const clocks = { nowMs: () => (nowMs += setPerLook), elapsedMs: () => elapsedMs }
  const world = { ...clocks, randomBytes, every: () => () => {}, after: () => () => {} }
  await store.transact((tx) => {
    const detects = { arn: 'x', id: 'd', status: 'ENABLED', publishingFrequency: 'SIX_HOURS' }
    const times = { createdAtMs: 0, updatedAtMs: 0 }
    tx.put(detectors, scope, 'd', {
      ...detects,
      ...{ features: {}, tags: {} },
      ...times,
    } as unknown as DetectorDocument)
  })
  let arrived = 0
  const line = JSON.stringify({
    ...{ accountId: scope.account, atMs: 0, requestId: 'r', clientIp: '192.0.2.1', labels: [] },
    ...{ resourceArn: `arn:aws:elasticloadbalancing:${scope.region}:${scope.account}:loadbalancer/app/x/1` },
    ...{ method: 'GET', host: 'x', path: '/' },
  })
  const runner = createDetectionRunner({
    ...{ store, world, directory, partition: 'aws', detectors: [calm], publish: () => true },
    sources: [
      {
        ...{ source: 'web', name: 'web', onArrival: () => () => {} },
        arrivals: (cursor) => {
          const from = typeof cursor === 'number' ? cursor : arrived
          const lines = Array.from({ length: arrived - from }, () => line)
          return Promise.resolve({ lines, cursor: arrived, more: false })
        },
      },
    ],
    log: (entry) => assert.fail(JSON.stringify(entry)),
    ...{ surroundingsOf: () => unknownSurroundings, globalSources: new Set() },
  })
  const savedAfter = async (passedMs: number, setMs = 0): Promise<unknown> => {
    elapsedMs += passedMs
    nowMs += passedMs + setMs
    arrived += 1
    await runner.pass()
    const file = join(directory, 'telemetry', 'detection', 'cursors.summed.jsonl')
    return (JSON.parse(readFileSync(file, 'utf8')) as { cursors: { web: number } }).cursors.web
  }
  await runner.pass()
  await runner.save()
  assert.equal(await savedAfter(1), 0, 'not each time')
  assert.equal(await savedAfter(10_000), 2)
  assert.equal(await savedAfter(1, -2 * hourMs), 2, 'a clock that is set back changes nothing')
  assert.equal(await savedAfter(10_000), 4)
  setPerLook = hourMs
  assert.equal(await savedAfter(10_000), 5, 'also one that is set forward while it saves')
  setPerLook = 0
  assert.equal(await savedAfter(10_000), 6, 'that save did not take an hour')
})
