// Goal: a management event is accepted though the server died between its record and its deliveries; what had been noted is not accepted
// again, and what still waits is not doubled.
// Method: the real trail in a folder of the test's; a life ends by being forgotten, so that what it had only in memory is gone.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Arn } from '#core/arn.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { systemWorld, type World } from '#core/world.ts'
import { createAuditTrail } from '#telemetry/index.ts'
import { createAuditCursor } from './audit-cursor.ts'
import { createAuditEvents } from './audit-events.ts'
import { heard } from './audited.ts'
import { deliveries, rules } from './documents.ts'
import { createRouter } from './router.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)

const record = (eventID: string) =>
  JSON.stringify({
    userIdentity: { type: 'IAMUser', accountId: scope.account },
    eventTime: '2026-01-02T03:04:05Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: scope.region,
    eventID,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: scope.account,
    eventCategory: 'Management',
  })

async function stage(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-cursor-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const store = createMemoryStore()
  const arn = `arn:aws:events:us-east-1:${scope.account}:rule/iam` as Arn // Written out.
  await store.transact((tx) =>
    tx.put(rules, scope, 'default/iam', {
      ...{ arn, name: 'iam', bus: 'default', state: 'ENABLED', eventPattern: '{"source":["aws.iam"]}' },
      ...{ createdBy: scope.account, targets: [{ Id: 'q', Arn: 'arn:aws:sqs:us-east-1:1:q' }], tags: {} },
    }),
  )
  /** One life of a worker. `deaf`: it dies before it hears of any record; `stuck`: before it recovers any. */
  const live = (worker = 0, deaf = false, stuck = false) => {
    const timers: (() => void)[] = []
    const every: World['every'] = (_, task) => (timers.push(task), () => {})
    const world: World = { ...systemWorld(), nowMs: () => nowMs, every, after: () => () => {} }
    const log = (entry: object) => assert.fail(JSON.stringify(entry))
    let dead = false
    const tail: typeof store.tail = (listener) =>
      store.tail((change) => {
        if (!dead) listener(change)
      })
    const trail = createAuditTrail({
      ...{ directory, worker, world, log },
      store: new Proxy(store, {
        get(target, name) {
          if (name === 'tail') return tail
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      }),
    })
    const auditEvents = createAuditEvents({ store, world, router: createRouter(store), log })
    const cursor = createAuditCursor({ trail, auditEvents, world, log, recovers: worker === 0 && !stuck })
    const hearing = heard(trail, { tail }, (line) => {
      if (!deaf) auditEvents.onRecord(line)
    })
    return {
      trail: hearing,
      cursor,
      settle: async () => {
        trail.flush()
        await cursor.recovered
        await auditEvents.idle()
      },
      die: () => (dead = true),
    }
  }
  const accepted = () =>
    [...store.read.everywhere(deliveries)]
      .map(({ document }) => (JSON.parse(document.event) as { id: string }).id)
      .toSorted((one, other) => (one < other ? -1 : 1))
  const forget = (id: string) =>
    store.transact((tx) => {
      for (const found of store.read.everywhere(deliveries))
        if (found.document.event.includes(`"${id}"`)) tx.delete(deliveries, scope, found.id)
    })
  return { store, live, accepted, forget }
}

test('what was recorded and not accepted is accepted by the next life, once', async (t) => {
  const { live, accepted, forget } = await stage(t)
  const one = live()
  one.trail.append(record('a'))
  await one.settle()
  await one.cursor.close()
  await forget('a') // It is delivered.
  one.trail.append(record('b'))
  await one.settle()
  one.die()
  const two = live(0, true)
  await two.settle()
  assert.deepEqual(accepted(), ['b'], 'a was noted; b waits already')
  two.trail.append(record('c'))
  await two.settle()
  two.die()
  const three = live()
  await three.settle()
  assert.deepEqual(accepted(), ['b', 'c'])
  await forget('c')
  three.die()
  const four = live()
  await four.settle()
  assert.deepEqual(accepted(), ['b'], 'what was recovered is not recovered again')
})

test('a life that dies before it has recovered leaves that to the next, with its own', async (t) => {
  const { live, accepted } = await stage(t)
  const one = live(0, true)
  one.trail.append(record('a'))
  await one.settle()
  one.die()
  const two = live(0, true, true)
  two.trail.append(record('b'))
  await two.settle()
  two.die()
  const three = live()
  await three.settle()
  assert.deepEqual(accepted(), ['a', 'b'], 'the older note holds')
})

test('the record of a change that is in the log alone becomes an event too', async (t) => {
  const { live, accepted, store } = await stage(t)
  const one = live(0, true)
  one.trail.append(record('a'))
  await one.settle()
  await one.cursor.close()
  await store.transact((tx) => {
    tx.record(record('b'))
    tx.put(rules, scope, 'other/one', { ...rule(store), bus: 'other' })
  })
  one.die() // Its record was not flushed.
  const two = live()
  await two.settle()
  assert.deepEqual(accepted(), ['b'])
})

test("another worker's records are recovered by the first one", async (t) => {
  const { live, accepted } = await stage(t)
  const [first, second] = [live(0), live(1, true)]
  await first.settle()
  second.trail.append(record('a'))
  second.trail.flush()
  for (const one of [first, second]) one.die()
  const next = live(0)
  await next.settle()
  assert.deepEqual(accepted(), ['a'])
})

function rule(store: { readonly read: ReturnType<typeof createMemoryStore>['read'] }) {
  const found = store.read.get(rules, scope, 'default/iam')
  assert.ok(found)
  return found
}
