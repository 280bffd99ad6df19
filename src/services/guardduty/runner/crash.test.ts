// Goal: wherever a runner dies, what is found is what would have been found had it never died: nothing lost, nothing twice.
// Method: seeded runs of a source and of detectors that count and that tie signals together; records come in random portions, and after some of
// them the state is written, or the runner is left behind for one that begins from what is on disk and in the store.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import {
  type AnyDetector,
  detector,
  sequenceDetector,
  unknownSurroundings,
  type WebRecord,
} from '#engines/detect/index.ts'
import { counted, type DetectorDocument, detectors, findings } from '../documents.ts'
import { readFinding } from '../findings/wire.ts'
import { createDetectionRunner } from './detection-runner.ts'
import type { RecordSource } from './record-source.ts'

const scope = { account: '111122223333', region: 'eu-west-1' }
const facts = { severity: 5, title: '{client}', description: '{client}', remediation: [] }

/** Finds each third request of a client. */
const thirds = detector({
  name: 'thirds',
  source: 'web',
  finds: { 'Recon:LoadBalancer/Third': facts },
  remembers: { entityOf: ({ clientIp }) => clientIp, fresh: () => ({ seen: 0 }) },
  see({ clientIp, atMs }, { memory }) {
    memory.seen += 1
    if (memory.seen % 3 !== 0) return undefined
    return {
      ...{ type: 'Recon:LoadBalancer/Third', atMs, key: clientIp, resourceRole: 'TARGET' },
      ...{ resource: {}, action: {}, values: { client: clientIp }, entities: [clientIp] },
    }
  },
})

/** Finds each second finding of a client. */
const seconds = sequenceDetector({
  name: 'seconds',
  source: 'signal',
  finds: { 'AttackSequence:LoadBalancer/Second': facts },
  remembers: { entitiesOf: ({ entities }) => entities, fresh: () => ({ seen: 0 }) },
  see(signal, { memory, entity }) {
    memory.seen += 1
    if (memory.seen % 2 !== 0) return undefined
    return { ...signal, type: 'AttackSequence:LoadBalancer/Second', key: entity }
  },
})

const made: readonly AnyDetector[] = [thirds, seconds]

function lineOf(client: number, at: number): string {
  const record: WebRecord = {
    ...{ accountId: scope.account, atMs: at * 1_000, requestId: `r${at}`, clientIp: `192.0.2.${client}` },
    ...{ resourceArn: `arn:aws:elasticloadbalancing:${scope.region}:${scope.account}:loadbalancer/app/x/1` },
    ...{ method: 'GET', host: 'x', path: '/', labels: [] },
  }
  return JSON.stringify(record)
}

type After = 'go on' | 'save' | 'crash'
interface Step {
  readonly clients: readonly number[]
  readonly after: After
}

async function findingsOf(steps: readonly Step[]): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-detection-'))
  const store = createMemoryStore()
  const { randomBytes } = systemWorld()
  const nowMs = (): number => 1
  const world = { nowMs, elapsedMs: nowMs, randomBytes, every: () => () => {}, after: () => () => {} }
  await store.transact((tx) => {
    const detects = {
      arn: 'x',
      id: 'd',
      status: 'ENABLED',
      publishingFrequency: 'SIX_HOURS',
      features: {},
      tags: {},
    }
    tx.put(detectors, scope, 'd', {
      ...detects,
      createdAtMs: 0,
      updatedAtMs: 0,
    } as unknown as DetectorDocument)
  })
  const lines: string[] = []
  const source: RecordSource = {
    ...{ source: 'web', name: 'web', onArrival: () => () => {} },
    arrivals: (cursor) => {
      const from = cursor === undefined ? lines.length : (cursor as number)
      return Promise.resolve({ lines: lines.slice(from), cursor: lines.length, more: false })
    },
  }
  const begin = () =>
    createDetectionRunner({
      ...{
        store,
        world,
        directory,
        partition: 'aws',
        sources: [source],
        detectors: made,
        publish: () => true,
      },
      log: (entry) => assert.fail(JSON.stringify(entry)),
      ...{ surroundingsOf: () => unknownSurroundings, globalSources: new Set() },
    })
  let runner = begin()
  await runner.pass()
  for (const { clients, after } of steps) {
    for (const client of clients) lines.push(lineOf(client, lines.length))
    await runner.pass()
    if (after === 'save') await runner.save()
    if (after === 'crash') runner = begin()
  }
  await runner.pass()
  await runner.save()
  assert.equal(store.read.count(counted, scope), 0, 'nothing is kept of what is written down')
  rmSync(directory, { recursive: true })
  return store.read
    .list(findings, scope)
    .map(({ document }) => readFinding(document.finding))
    .map(
      ({ Type, Title, Service }) =>
        `${Type} ${Title} ${Service?.Count} ${Service?.EventFirstSeen} ${Service?.EventLastSeen}`,
    )
    .sort()
}

test('detection runner: dies anywhere, and finds what it would have found', async () => {
  const step = fc.record({
    clients: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 12 }),
    after: fc.constantFrom<After>('go on', 'save', 'crash', 'crash'),
  })
  let found = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const undisturbed = await findingsOf(steps.map(({ clients }) => ({ clients, after: 'go on' })))
      assert.deepEqual(await findingsOf(steps), undisturbed)
      found += undisturbed.length
    }),
    { numRuns: 60 },
  )
  assert.ok(found > 50, `only ${found} findings`)
})
