// Goal: no host name leads to an address where no proxy stands, nor behind the firewall unless the operator says so.
// Method: rows of addresses; then the lookup itself, with a resolver that answers what the row says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guardedLookup, mayConnectTo, parseNetwork } from './address-guard.ts'

const own = [
  ...['10.1.0.0/16', '127.0.0.0/8', 'fd12::/16', '169.254.0.0/16'],
  ...['fd00:ec2::/32', 'fd20::/16', '100.100.0.0/16'],
].map((text) => {
  const network = parseNetwork(text)
  assert.ok(network, text)
  return network
})

/** `open`: with no network of the operator's. */
const rows: readonly [name: string, address: string, open: boolean, want: boolean][] = [
  ['public', '93.184.216.34', true, true],
  ['public, IPv6', '2606:2800:220:1::1', true, true],
  ['public IPv4 in IPv6', '::ffff:93.184.216.34', true, true],
  ['private, in a network of the operator', '10.1.2.3', false, true],
  ['private, in another', '10.2.2.3', false, false],
  ['loopback', '127.0.0.1', false, true],
  ['loopback IPv4 in IPv6', '::ffff:127.0.0.1', false, true],
  ['loopback, IPv6', '::1', false, false],
  ['unique local, IPv6', 'fd12::1', false, true],
  ['shared by carriers', '100.64.0.1', false, false],
  ['IPv4 behind a translator', '64:ff9b::a01:203', false, false],
  ["the machine's metadata service, listed or not", '169.254.169.254', false, false],
  ['loopback IPv4 in an IPv6 of old', '::127.0.0.1', false, true],
  ['the same, in hexadecimal digits', '::7f00:1', false, false],
  ['metadata in an IPv6 of old', '::a9fe:a9fe', false, false],
  ['IPv4 behind a tunnel, 6to4', '2002:7f00:1::', false, false],
  ['IPv4 behind a tunnel, Teredo', '2001:0:7f00:1::', false, false],
  ['IPv4 behind a translator of its own', '64:ff9b:1::7f00:1', false, false],
  ['IPv4 translated', '::ffff:0:127.0.0.1', false, false],
  ['site-local, which is deprecated', 'fec0::1', false, false],
  ['IPv6 that nobody was given', '4000::1', false, false],
  ['loopback, as one number', '2130706433', false, true],
  ['loopback, in octal digits', '0177.0.0.1', false, true],
  ['metadata, in hexadecimal digits', '0xa9fea9fe', false, false],
  ['private, shortened', '10.2.259', false, false],
  ['link-local, IPv6', 'fe80::1', false, false],
  ['metadata of EC2 over IPv6', 'fd00:ec2::254', false, false],
  ['metadata of Google', 'fd20:ce::254', false, false],
  ['beside it, in a network of the operator', 'fd20:1::254', false, true],
  ['what serves machines of Azure', '168.63.129.16', false, false],
  ['the same, as IPv4 in IPv6', '::ffff:168.63.129.16', false, false],
  ['metadata of Alibaba Cloud', '100.100.100.200', false, false],
  ['link-local with a zone', 'fe80::1%eth0', false, false],
  ['link-local IPv4 in IPv6', '::ffff:169.254.169.254', false, false],
  ['unspecified', '0.0.0.0', false, false],
  ['unspecified, IPv6', '::', false, false],
  ['multicast', '224.0.0.1', false, false],
  ['broadcast', '255.255.255.255', false, false],
  ['no address', 'proxy.example.com', false, false],
]

test('address guard: which addresses may be connected to, without and with networks of the operator', () => {
  for (const [name, address, open, want] of rows) {
    assert.deepEqual([mayConnectTo(address, []), mayConnectTo(address, own)], [open, want], name)
  }
  assert.equal(rows.length, 39)
})

test('address guard: what is no network in CIDR notation is none', () => {
  const not = ['', '10.0.0.0', '10.0.0.0/33', '0x7f.1/8', '10/8', 'fd12::/129', 'private', '10.0.0.0/8 ']
  for (const text of not) assert.equal(parseNetwork(text), undefined, text)
})

test('address guard: a lookup gives only allowed addresses, in either form, and fails when none is left', () => {
  const at = (...addresses: string[]) =>
    guardedLookup(
      (_, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        ),
      own,
    )
  const answers: unknown[][] = []
  const note = (...answer: unknown[]): void => void answers.push(answer)
  at('169.254.169.254', '10.1.0.1')('proxy', { all: true }, note)
  at('169.254.169.254', '10.1.0.1')('proxy', {}, note)
  at('169.254.169.254')('proxy', { all: true }, note)
  at()('proxy', { all: true }, note)
  guardedLookup((_, callback) => callback(new Error('no such host'), []), own)('proxy', { all: true }, note)
  assert.deepEqual(answers.slice(0, 2), [
    [null, [{ address: '10.1.0.1', family: 4 }]],
    [null, '10.1.0.1', 4],
  ])
  assert.deepEqual(
    answers.slice(2).map(([error]) => String(error)),
    ['Error: no address of proxy is allowed', 'Error: no address of proxy is allowed', 'Error: no such host'],
  )
})
