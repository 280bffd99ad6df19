// Goal: no host name leads to an address where no proxy stands.
// Method: rows of addresses; then the lookup itself, with a resolver that answers what the row says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guardedLookup, mayConnectTo } from './address-guard.ts'

const rows: readonly [name: string, address: string, want: boolean][] = [
  ['public', '93.184.216.34', true],
  ['private', '10.1.2.3', true],
  ['loopback', '127.0.0.1', true],
  ['public, IPv6', '2606:2800:220:1::1', true],
  ['unique local, IPv6', 'fd12::1', true],
  ["the machine's metadata service", '169.254.169.254', false],
  ['link-local, IPv6', 'fe80::1', false],
  ['link-local with a zone', 'fe80::1%eth0', false],
  ['link-local IPv4 in IPv6', '::ffff:169.254.169.254', false],
  ['unspecified', '0.0.0.0', false],
  ['unspecified, IPv6', '::', false],
  ['multicast', '224.0.0.1', false],
  ['broadcast', '255.255.255.255', false],
  ['no address', 'proxy.example.com', false],
]

test('address guard: which addresses may be connected to', () => {
  for (const [name, address, want] of rows) assert.equal(mayConnectTo(address), want, name)
  assert.equal(rows.length, 14)
})

test('address guard: a lookup gives only allowed addresses, in either form, and fails when none is left', () => {
  const at = (...addresses: string[]) =>
    guardedLookup((_, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      ),
    )
  const answers: unknown[][] = []
  const note = (...answer: unknown[]): void => void answers.push(answer)
  at('169.254.169.254', '10.0.0.1')('proxy', { all: true }, note)
  at('169.254.169.254', '10.0.0.1')('proxy', {}, note)
  at('169.254.169.254')('proxy', { all: true }, note)
  at()('proxy', { all: true }, note)
  guardedLookup((_, callback) => callback(new Error('no such host'), []))('proxy', { all: true }, note)
  assert.deepEqual(answers.slice(0, 2), [
    [null, [{ address: '10.0.0.1', family: 4 }]],
    [null, '10.0.0.1', 4],
  ])
  assert.deepEqual(
    answers.slice(2).map(([error]) => String(error)),
    ['Error: no address of proxy is allowed', 'Error: no address of proxy is allowed', 'Error: no such host'],
  )
})
