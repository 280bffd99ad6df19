// Goal: a stream of records says the same whenever it is cut, stopped and gone on with; what one detector does wrong concerns no other.
// Method: detectors made for the test, beside the real ones.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyDetector, detector, sequenceDetector } from './detector.ts'
import { createDetection, type DetectionState } from './detection.ts'
import { cloudTrailLogging } from './detectors/control/index.ts'
import { apiCallSignal, principalOf } from './findings/api-call.ts'
import { addTo, noCount } from './memory/decaying-count.ts'
import { isIn, noteIn, type RecentSet } from './memory/recent-set.ts'
import type { CloudTrailRecord } from './records.ts'
import { unknownSurroundings } from './surroundings.ts'

const facts = { severity: 5, title: '{api}', description: '{api}', remediation: [] }

let records = 0
function call(eventName: string, more: Partial<CloudTrailRecord> = {}): CloudTrailRecord {
  records += 1
  return {
    eventID: `id-${records}`,
    eventTime: new Date(Date.UTC(2026, 0, 1) + records * 1000).toISOString(),
    ...{ eventSource: 'iam.amazonaws.com', eventName, awsRegion: 'us-east-1' },
    ...{ recipientAccountId: '111122223333', sourceIPAddress: '203.0.113.9' },
    userIdentity: { type: 'IAMUser', userName: 'ann', arn: 'arn:aws:iam::111122223333:user/ann' },
    ...more,
  }
}

/** Finds every third call of a principal. */
const thirds = detector({
  name: 'thirds',
  source: 'cloudTrail',
  finds: { Third: facts },
  remembers: { entityOf: principalOf, fresh: () => ({ calls: 0 }) },
  see(record, { memory }) {
    memory.calls += 1
    return memory.calls % 3 === 0 ? apiCallSignal(record, { type: 'Third' }) : undefined
  },
})

function detection(
  detectors: readonly AnyDetector[],
  more: { state?: DetectionState; entitiesMax?: number } = {},
) {
  const faults: string[] = []
  const onFault = (name: string) => faults.push(name)
  return { ...createDetection({ detectors, surroundings: unknownSurroundings, onFault, ...more }), faults }
}

test('detection: goes on from its state as if it had never stopped', () => {
  const calls = Array.from({ length: 30 }, (_, at) => call(`Call${at % 7}`))
  const found = (cut: number) => {
    const first = detection([thirds])
    const before = calls.slice(0, cut).flatMap((record) => first.see('cloudTrail', record))
    const state = JSON.parse(JSON.stringify(first.state())) as DetectionState // `state` wrote it.
    const second = detection([thirds], { state })
    return [...before, ...calls.slice(cut).flatMap((record) => second.see('cloudTrail', record))]
  }
  const whole = found(0)
  assert.equal(whole.length, 10)
  for (let cut = 1; cut <= calls.length; cut += 1) assert.deepEqual(found(cut), whole, `cut at ${cut}`)
})

test('detection: a record that comes twice says nothing the second time, after a restart too', () => {
  const record = call('StopLogging', {
    eventSource: 'cloudtrail.amazonaws.com',
    requestParameters: { name: 'main' },
  })
  const first = detection([cloudTrailLogging])
  assert.equal(first.see('cloudTrail', record).length, 1)
  assert.equal(first.see('cloudTrail', record).length, 0)
  const second = detection([cloudTrailLogging], { state: first.state() })
  assert.equal(second.see('cloudTrail', record).length, 0)
})

test('detection: a detector that throws is told of, and stops no other', () => {
  const broken = detector({
    name: 'broken',
    source: 'cloudTrail',
    finds: { Never: facts },
    see() {
      throw new Error('broken')
    },
  })
  const { see, faults } = detection([broken, thirds])
  const found = Array.from({ length: 3 }, () => see('cloudTrail', call('GetUser'))).flat()
  assert.deepEqual(
    found.map(({ type }) => type),
    ['Third'],
  )
  assert.deepEqual(faults, ['broken', 'broken', 'broken'])
})

test('detection: a detector of single events is asked of those, with or without the API version behind the name', () => {
  const seen: string[] = []
  const some = detector({
    name: 'some',
    source: 'cloudTrail',
    events: ['lambda:UpdateFunctionCode', 'iam:CreateUser'],
    finds: {},
    see({ eventName }) {
      seen.push(eventName)
      return undefined
    },
  })
  const { see } = detection([some])
  see('cloudTrail', call('UpdateFunctionCode20150331v2', { eventSource: 'lambda.amazonaws.com' }))
  see('cloudTrail', call('CreateUser'))
  see('cloudTrail', call('CreateUser', { eventSource: 'sso.amazonaws.com' }))
  see('cloudTrail', call('constructor', { eventSource: 'iam.amazonaws.com' }))
  assert.deepEqual(seen, ['UpdateFunctionCode20150331v2', 'CreateUser'])
})

test('detection: sequences see the signals of others, for each entity', () => {
  const twice = sequenceDetector({
    name: 'twice',
    source: 'signal',
    finds: { Twice: facts },
    remembers: {
      entitiesOf: ({ entities }) => entities.filter((one) => one.startsWith('principal')),
      fresh: () => ({ signals: 0 }),
    },
    see(signal, { memory }) {
      memory.signals += 1
      return memory.signals === 2 ? { ...signal, type: 'Twice' } : undefined
    },
  })
  const { see } = detection([thirds, twice])
  const types = Array.from({ length: 9 }, () => see('cloudTrail', call('GetUser'))).map((found) =>
    found.map(({ type }) => type),
  )
  assert.deepEqual(
    types.filter((found) => found.length > 0),
    [['Third'], ['Third', 'Twice'], ['Third']],
  )
})

test('detection: remembers no more entities than it may, the last seen ones', () => {
  const { see, state } = detection([thirds], { entitiesMax: 10 })
  const user = (at: number) => ({
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/u${at}` },
  })
  for (let at = 0; at < 1000; at += 1) see('cloudTrail', call('GetUser', user(at)))
  const remembered = state().memories['thirds'] ?? []
  assert.ok(remembered.length <= 10 && remembered.length >= 5, String(remembered.length))
  assert.equal(remembered.at(-1)?.[0], 'arn:aws:iam::111122223333:user/u999')
})

test('memory: counts decay, sets forget what is old and hold so many', () => {
  const count = noCount()
  assert.equal(addTo(count, 1000, 100, 8), 8)
  assert.equal(addTo(count, 1100, 100, 1), 5, 'half of it, and one')
  assert.equal(addTo(count, 900, 100, 1), 6, 'what comes late is added to what is')
  const set: RecentSet = []
  const note = (item: string, atMs: number) => noteIn(set, item, { atMs, windowMs: 100, max: 3 })
  assert.deepEqual([note('a', 0), note('b', 50), note('a', 60), note('c', 120)], [1, 2, 2, 3])
  assert.equal(note('d', 121), 3, 'no more than three')
  assert.equal(note('e', 1000), 1, 'the others are old')
  assert.ok(isIn(set, 'e') && !isIn(set, 'a'))
})
