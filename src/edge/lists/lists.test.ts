// Goal: what an operator puts into the folder is known within a minute, a broken file changes nothing, and without files nothing is
// listed. Method: files written while a clock is moved; managed rule groups asked with requests.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { addressLists, parseAddress } from '#engines/waf/index.ts'
import { createLists } from './lists.ts'

function rig(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-lists-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [logged, clock]: [string[], { nowMs: number }] = [[], { nowMs: 0 }]
  const sources = createLists(
    folder,
    () => clock.nowMs,
    ({ event }) => logged.push(event),
  )
  return {
    sources,
    logged,
    /** Puts a file in place, and lets a minute pass. */
    put: (name: string, ...lines: readonly string[]): void => {
      mkdirSync(join(folder, 'bots'), { recursive: true })
      writeFileSync(join(folder, `${name}.txt`), lines.join('\n'))
      clock.nowMs += 61_000
    },
    remove: (name: string): void => {
      rmSync(join(folder, `${name}.txt`))
      clock.nowMs += 61_000
    },
  }
}

function address(text: string) {
  const parsed = parseAddress(text)
  assert.ok(parsed, text)
  return parsed
}

test('lists: addresses and blocks, with remarks, taken while the program runs', (t) => {
  const { sources, put, remove, logged } = rig(t)
  for (const name of addressLists) assert.ok(!sources.lists[name].has(address('203.0.113.9')))
  put(
    'AnonymousIPList',
    '# exits',
    '203.0.113.0/24 # a block',
    '',
    '198.51.100.7',
    '2001:db8::1',
    '2001:db8:1::/48',
  )
  const rows: readonly (readonly [string, boolean])[] = [
    ['203.0.113.255', true],
    ['203.0.114.0', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['2001:db8::1', true],
    ['2001:db8::2', false],
    ['2001:db8:1:ffff::', true],
  ]
  for (const [text, want] of rows) assert.equal(sources.lists.AnonymousIPList.has(address(text)), want, text)
  assert.equal(rows.length, 7)
  assert.ok(!sources.lists.HostingProviderIPList.has(address('203.0.113.9')))
  put('AnonymousIPList', '203.0.113.0/24', 'nonsense')
  assert.ok(sources.lists.AnonymousIPList.has(address('198.51.100.7')), 'what was read before stays')
  assert.deepEqual(logged, ['data-file-not-read'])
  remove('AnonymousIPList')
  assert.ok(!sources.lists.AnonymousIPList.has(address('198.51.100.7')))
})

test('lists: a bot is verified where its file has the address', (t) => {
  const { sources, put } = rig(t)
  assert.ok(!sources.isVerifiedBot('googlebot', address('192.0.2.1')))
  put('bots/googlebot', '192.0.2.0/28')
  assert.ok(sources.isVerifiedBot('googlebot', address('192.0.2.1')))
  assert.ok(!sources.isVerifiedBot('bingbot', address('192.0.2.1')))
  assert.ok(!sources.isVerifiedBot('googlebot', address('192.0.2.16')))
})

test('lists: credentials are known by their digest, whatever the case of the name', (t) => {
  const { sources, put, logged } = rig(t)
  assert.ok(!sources.isCompromised('Eve', 'secret'))
  put('compromised-credentials', createHash('sha256').update('eve:secret').digest('hex').toUpperCase())
  assert.ok(sources.isCompromised('Eve', 'secret'))
  assert.ok(!sources.isCompromised('Eve', 'Secret'))
  put('compromised-credentials', 'eve:secret')
  assert.ok(sources.isCompromised('eve', 'secret'))
  assert.deepEqual(logged, ['data-file-not-read'])
})
