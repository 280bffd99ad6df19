// Goal: what bots ask for is counted by path, first segment, bot and category, as Bot Control's labels tell them, for a day, in bounded memory.
// Method: labelled requests through the counting of workers and the buckets of the main thread, on a clock of the test's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import type { BotPathQuery } from '#core/edge-view.ts'
import type { Judgement, RequestRecord } from '../record.ts'
import { BotTraffic } from '../records/bot-traffic.ts'
import { BotPathBuckets } from './bot-paths.ts'

const arn = 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/1' as Arn // An ARN like any other.
const startMs = Date.UTC(2026, 10, 26, 12, 0)
const hourMs = 3_600_000
const namespace = 'awswaf:managed:aws:bot-control:bot:'
const gpt = ['category:ai', 'name:gptbot', 'unverified', 'organization:openai'].map(
  (label) => namespace + label,
)
const curl = ['category:http_library', 'name:curl', 'unverified'].map((label) => namespace + label)

function counted() {
  const clock = { nowMs: startMs }
  const workers = [new BotTraffic(), new BotTraffic()] as const
  const buckets = new BotPathBuckets(() => clock.nowMs)
  return {
    clock,
    /** So many requests, at one of two workers after the other. */
    ask: (path: string, labels: readonly string[], count = 1, webACL = arn): void => {
      for (let at = 0; at < count; at++)
        workers[at % 2 === 0 ? 0 : 1].request(
          // Nothing else is looked at.
          { request: { path, receivedAtMs: clock.nowMs } } as RequestRecord,
          { webACL: { arn: webACL }, verdict: { labels } } as unknown as Judgement,
        )
    },
    report: (): void => {
      for (const worker of workers) buckets.add(worker.take())
    },
    find: (wish: Partial<BotPathQuery> = {}) =>
      buckets.find({ webACL: arn, fromMs: clock.nowMs - hourMs, toMs: clock.nowMs, ...wish }),
  }
}

test('bot paths: rows of who asks for what, and what is asked of it', () => {
  const { ask, report, find } = counted()
  ask('/api/v1/users', gpt, 5)
  ask('/api/v1/users', curl, 2)
  ask('/api/v2', gpt, 1)
  ask('/login', curl, 4)
  ask('/', gpt, 1)
  ask('/human', [], 50)
  ask('/human', ['awswaf:managed:aws:bot-control:signal:non_browser_user_agent'], 50)
  ask('/human', ['awswaf:111122223333:webacl:abcdefg:name:own'], 50)
  ask('/elsewhere', gpt, 3, `${arn}2` as Arn) // Another web ACL.
  report()
  const rows: readonly [why: string, wish: Partial<BotPathQuery>, total: number, paths: readonly string[]][] =
    [
      ['first segments', {}, 13, ['/api/ 8 gptbot=6 curl=2', '/login 4 curl=4', '/ 1 gptbot=1']],
      [
        'paths of a prefix',
        { pathPrefix: '/api' },
        8,
        ['/api/v1/users 7 gptbot=5 curl=2', '/api/v2 1 gptbot=1'],
      ],
      ['a category', { category: 'ai' }, 7, ['/api/ 6 gptbot=6', '/ 1 gptbot=1']],
      [
        'an organization, in whatever case',
        { organization: 'OpenAI' },
        7,
        ['/api/ 6 gptbot=6', '/ 1 gptbot=1'],
      ],
      ['a bot within a prefix', { name: 'curl', pathPrefix: '/api/v1/' }, 2, ['/api/v1/users 2 curl=2']],
      ['two that no bot is', { name: 'curl', category: 'ai' }, 0, []],
      ['nothing there', { pathPrefix: '/none' }, 0, []],
      ['before', { fromMs: 0, toMs: startMs - 1 }, 0, []],
      ['another web ACL', { webACL: `${arn}2` as Arn }, 3, ['/elsewhere 3 gptbot=3']], // As above.
      ['one that nobody asked', { webACL: `${arn}3` as Arn }, 0, []], // As above.
    ]
  for (const [why, wish, total, paths] of rows) {
    const found = find(wish)
    const shown = found.paths.map(
      ({ path, count, bots }) => `${path} ${count} ${bots.map(([name, of]) => `${name}=${of}`).join(' ')}`,
    )
    assert.deepEqual([found.total, shown], [total, paths], why)
  }
  assert.equal(rows.length, 10)
  assert.deepEqual(
    find().categories.map(({ category, path, count }) => `${category} ${path} ${count}`),
    ['ai /api/ 6', 'http_library /login 4', 'http_library /api/ 2', 'ai / 1'],
  )
})

test('bot paths: what is reported twice adds up, and a day later nobody knows of it', () => {
  const { clock, ask, report, find } = counted()
  ask('/a', gpt, 2)
  report()
  ask('/a', gpt, 3)
  report()
  report()
  assert.equal(find().total, 5)
  clock.nowMs += 23 * hourMs
  ask('/b', curl)
  report()
  const day = { fromMs: startMs, toMs: startMs + 48 * hourMs }
  assert.equal(find(day).total, 6)
  clock.nowMs += 2 * hourMs
  ask('/c', curl)
  report()
  assert.deepEqual(
    find(day).paths.map(({ path }) => path),
    ['/b', '/c'],
  )
})

test('bot paths: a flood of paths and of web ACLs stays bounded, and hides neither what is frequent nor how much there was', () => {
  const { clock, ask, report, find } = counted()
  for (let at = 0; at < 20_000; at++) {
    ask(`/item/${at}`, gpt)
    if (at % 10 === 0) ask('/frequent/one', curl, 1)
  }
  report()
  const { total, paths } = find()
  assert.equal(total, 22_000)
  assert.deepEqual(
    paths.map(({ path, count }) => `${path} ${count}`),
    ['/item/ 20000', '/frequent/ 2000'],
  )
  const within = find({ pathPrefix: '/' })
  assert.ok(within.paths.length <= 512 && within.total <= 22_000)
  const [first] = within.paths
  assert.ok(
    first?.path === '/frequent/one' && first.count <= 2_000 && first.count > 1_700,
    JSON.stringify(first),
  )
  assert.ok(find({ pathPrefix: '/' }).paths.every(({ path }) => path.length <= 512))

  // So many web ACLs that they do not fit: the oldest goes.
  for (let acl = 0; acl < 250; acl++) {
    clock.nowMs += 60_000
    for (let at = 0; at < 500; at++) ask(`/${at}/x`, curl, 1, `${arn}-${acl}` as Arn) // ARNs as above.
    report()
  }
  const all = { fromMs: startMs, toMs: clock.nowMs }
  assert.equal(find(all).total, 0)
  assert.equal(find({ ...all, webACL: `${arn}-249` as Arn }).total, 500)
})

test('bot paths: a long path is counted as what it begins with', () => {
  const { ask, report, find } = counted()
  ask(`/${'a'.repeat(600)}`, gpt)
  report()
  assert.equal(find({ pathPrefix: '/a' }).paths[0]?.path.length, 512)
})
