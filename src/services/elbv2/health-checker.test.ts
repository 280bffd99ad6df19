// Goal: a target's health is what its checks come to, written when it changes and never else; what drains ends.
// Method: the checker over a store in memory on a clock that the test holds, with answers of the test; and real probes of real servers.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import { CommitFailed } from '#core/store/index.ts'
import { rules, type TargetDocument, targetGroups, targets } from './documents.ts'
import { createHealthChecker } from './health-checker.ts'
import { type Probed, probe } from './health-probe.ts'
import { here, rig } from './rig.test.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

const scope = { account: here, region: 'us-east-1' }
const ok: Probed = { ok: true }
const failed: Probed = { ok: false, reason: 'Target.Timeout', description: 'Request timed out' }

async function checked() {
  const all = await rig()
  const TargetGroupArn = await all.group('web', {
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 3,
    UnhealthyThresholdCount: 2,
  })
  await all.elb.registerTargets({ TargetGroupArn, Targets: [{ Id: '10.0.0.1', Port: 8000 }] })
  let answer: Probed = ok
  let asked = 0
  let writes = 0
  all.store.tail(() => (writes += 1))
  const checker = createHealthChecker({
    store: all.store,
    world: all.world,
    log: ({ event }) => assert.notEqual(event, 'bug'),
    probe: () => {
      asked += 1
      return Promise.resolve(answer)
    },
  })
  const target = (): TargetDocument | undefined => all.store.read.list(targets, scope)[0]?.document
  return {
    ...all,
    TargetGroupArn,
    target,
    asked: () => asked,
    writes: () => writes,
    /** A look after so many seconds, with this answer. */
    look: async (seconds: number, given: Probed) => {
      all.clock.nowMs += seconds * 1000
      answer = given
      await checker.look()
      return target()?.health.state
    },
  }
}

test('health: nobody is asked before a rule forwards to the group', async () => {
  const { look, asked } = await checked()
  assert.equal(await look(1, ok), 'initial')
  assert.equal(asked(), 0)
})

test('health: the first pass makes a new target well; thresholds then decide, and only changes are written', async () => {
  const all = await checked()
  const { look, asked, writes } = all
  await all.listener((await all.balancer()).arn, all.TargetGroupArn)
  const before = writes()
  const rows: readonly [seconds: number, answer: Probed, state: string, why: string][] = [
    [1, ok, 'healthy', 'the first pass is enough for a new target'],
    [1, failed, 'healthy', 'it is not due yet'],
    [10, failed, 'healthy', 'one failure of two'],
    [10, ok, 'healthy', 'a pass forgives it'],
    [10, failed, 'healthy', 'one of two again'],
    [10, failed, 'unhealthy', 'two in a row'],
    [10, failed, 'unhealthy', 'it stays'],
    [10, ok, 'unhealthy', 'one pass of three'],
    [10, ok, 'unhealthy', 'two of three'],
    [10, ok, 'healthy', 'three in a row'],
  ]
  for (const [seconds, answer, state, why] of rows) assert.equal(await look(seconds, answer), state, why)
  assert.equal(rows.length, 10)
  assert.equal(asked(), 9)
  assert.equal(writes() - before, 3)
})

test('health: a clock that is set back stops no checks', async () => {
  const all = await checked()
  await all.listener((await all.balancer()).arn, all.TargetGroupArn)
  assert.equal(await all.look(1, ok), 'healthy')
  await all.look(-3600, failed)
  assert.equal(await all.look(10, failed), 'unhealthy')
})

test('health: a target that drains is not asked, and gone when its time is over; registered again it begins anew', async () => {
  const all = await checked()
  await all.listener((await all.balancer()).arn, all.TargetGroupArn)
  await all.look(1, ok)
  const given = { TargetGroupArn: all.TargetGroupArn, Targets: [{ Id: '10.0.0.1', Port: 8000 }] }
  await all.elb.deregisterTargets(given)
  const asked = all.asked()
  await all.look(299, ok)
  assert.ok(all.target()?.drainingSinceMs !== undefined)
  await all.elb.registerTargets(given)
  assert.equal(await all.look(0, failed), 'initial')
  await all.elb.deregisterTargets(given)
  await all.look(300, ok)
  assert.equal(all.target(), undefined)
  assert.equal(all.asked(), asked + 1)
})

test('health: probes ask real servers, and tell why they fail', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/slow') return
    response.statusCode = request.url === '/ok' ? 204 : 500
    response.end()
  })
  const openPort = await listenOnLoopback(server, t)
  const check = {
    enabled: true,
    protocol: 'HTTP',
    port: 'traffic-port',
    path: '/ok',
    intervalSec: 5,
    timeoutSec: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: '200-204,301',
  } as const
  const at = { address: '127.0.0.1', port: openPort }
  assert.deepEqual(await probe(check, at), { ok: true })
  const reasonOf = (given: Probed): string => (given.ok ? 'none' : given.reason)
  assert.equal(reasonOf(await probe({ ...check, path: '/bad' }, at)), 'Target.ResponseCodeMismatch')
  assert.equal(reasonOf(await probe({ ...check, path: '/slow' }, at)), 'Target.Timeout')
  assert.equal(reasonOf(await probe({ ...check, port: 1 }, at)), 'Target.FailedHealthChecks')
  assert.equal(reasonOf(await probe({ ...check, protocol: 'HTTPS' }, at)), 'Target.FailedHealthChecks')
})

test(
  'health: a target that would change the protocol is asked no longer than another one',
  { timeout: 10_000 },
  async (t) => {
    const server = createNetServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      )
    })
    const port = await listenOnLoopback(server, t)
    const check = {
      ...({ enabled: true, protocol: 'HTTP', port: 'traffic-port', path: '/', matcher: '200' } as const),
      ...{ intervalSec: 5, timeoutSec: 1, healthyThreshold: 2, unhealthyThreshold: 2 },
    }
    assert.equal((await probe(check, { address: '127.0.0.1', port })).ok, false)
  },
)

test('health: an account whose targets answer nothing holds up no other, and in it no group another for good', async () => {
  const all = await rig()
  const group = await all.group('slow', { HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 5 })
  await all.listener((await all.balancer()).arn, group)
  await all.elb.registerTargets({
    TargetGroupArn: group,
    Targets: Array.from({ length: 450 }, (_, at) => ({
      Id: `10.0.0.${at % 250}`,
      Port: 1 + Math.floor(at / 250),
    })),
  })
  await copied(all, '444455556666' as AccountId) // Twelve digits.
  const asked: { readonly target: string; readonly answer: () => void }[] = []
  const checker = createHealthChecker({
    store: all.store,
    world: all.world,
    log: ({ event }) => assert.notEqual(event, 'bug'),
    probe: (_, { address, port }) =>
      new Promise((resolve) => asked.push({ target: `${address} ${port}`, answer: () => resolve(failed) })),
  })
  void checker.look()
  void checker.look()
  const others = asked.filter(({ target }) => target.startsWith('192.168.'))
  assert.equal(others.length, 1, 'the other account has its own places')
  assert.ok(asked.length < 400, 'and there is one for whoever comes next')
  for (let round = 0; round < 5; round += 1) {
    for (const { answer } of asked) answer()
    await new Promise(setImmediate)
    all.clock.nowMs += 11_000
    void checker.look()
  }
  assert.equal(new Set(asked.map(({ target }) => target)).size, 451, 'everybody is asked in the end')
})

/** Gives another account a group with one target, in use like the first one here. */
async function copied({ store }: Awaited<ReturnType<typeof rig>>, account: AccountId): Promise<void> {
  const to = { account, region: scope.region }
  const arnOf = (arn: Arn): Arn => arn.replaceAll(here, account) as Arn // Of the same form.
  const [group] = store.read.list(targetGroups, scope)
  const [target] = store.read.list(targets, scope)
  const rule = store.read.list(rules, scope).find(({ document }) => document.actions[0]?.type === 'forward')
  assert.ok(group && target && rule)
  const arn = arnOf(group.document.arn)
  await store.transact((tx) => {
    tx.put(targetGroups, to, group.id, { ...group.document, arn })
    tx.put(rules, to, rule.id, {
      ...rule.document,
      actions: [{ type: 'forward', targetGroups: [{ arn, weight: 1 }] }],
    })
    const address = '192.168.0.1'
    tx.put(targets, to, `${group.id} ${address} 1`, { ...target.document, targetGroupArn: arn, address })
  })
}

test('health: a target that drains ends though the clock was set back, and a full disk ends no server', async () => {
  const all = await checked()
  await all.listener((await all.balancer()).arn, all.TargetGroupArn)
  await all.elb.deregisterTargets({
    TargetGroupArn: all.TargetGroupArn,
    Targets: [{ Id: '10.0.0.1', Port: 8000 }],
  })
  all.clock.nowMs -= 3_600_000
  const full = createHealthChecker({
    store: { read: all.store.read, transact: () => Promise.reject(new CommitFailed('ENOSPC')) },
    world: all.world,
    log: ({ event }) => assert.notEqual(event, 'bug'),
  })
  await full.look()
  assert.ok(all.target())
  await all.look(0, ok)
  assert.equal(all.target(), undefined)
})
