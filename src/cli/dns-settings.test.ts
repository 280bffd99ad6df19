// Goal: a resolver runs where its operator asked for one, asks whom he named or the system's, and never itself.
// Method: rows of options and what is said of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUpstream } from '#resolver/index.ts'
import { type DnsOptions, dnsSettingsOf } from './dns-settings.ts'

const system = [{ address: '192.0.2.53', port: 53 }]
const other = [{ address: '198.51.100.1', port: 5_300 }]
const itself = [{ address: '127.0.0.1', port: 53 }]

const rows: readonly (readonly [string, Partial<DnsOptions>, RegExp | 'none' | object])[] = [
  ['nothing', {}, 'none'],
  ['an upstream without a port', { dnsUpstream: other }, 'none'],
  ['a port', { dnsPort: 53 }, { host: '127.0.0.1', port: 53, upstreams: system }],
  ['an upstream', { dnsPort: 0, dnsUpstream: other }, { host: '127.0.0.1', port: 0, upstreams: other }],
  ['an address', { dnsPort: 53, dnsHost: '::1' }, { host: '::1', port: 53, upstreams: system }],
  [
    'the host by name',
    { dnsPort: 53, host: 'localhost' },
    { host: '127.0.0.1', port: 53, upstreams: system },
  ],
  [
    'five upstreams: the first four',
    { dnsPort: 53, dnsUpstream: [...other, ...other, ...other, ...other, ...itself] },
    { host: '127.0.0.1', port: 53, upstreams: [...other, ...other, ...other, ...other] },
  ],
  ['a name to bind to', { dnsPort: 53, dnsHost: 'dns.example.com' }, /--dns-host needs an address/],
  ['itself', { dnsPort: 53, dnsUpstream: itself }, /would ask itself/],
  [
    'itself, by an address of all',
    { dnsPort: 53, dnsHost: '0.0.0.0', dnsUpstream: itself },
    /would ask itself/,
  ],
]

test('the resolver, as the options name it', () => {
  for (const [title, options, want] of rows) {
    const settings = dnsSettingsOf({ host: '127.0.0.1', dnsUpstream: [], ...options }, () => system)
    if (want === 'none') assert.equal(settings, undefined, title)
    else if (want instanceof RegExp) assert.match(typeof settings === 'string' ? settings : '', want, title)
    else assert.deepEqual(settings, { ...want, account: undefined }, title)
  }
  const without = dnsSettingsOf({ host: '127.0.0.1', dnsUpstream: [], dnsPort: 53 }, () => [])
  assert.match(typeof without === 'string' ? without : '', /--dns-upstream/)
  assert.equal(rows.length, 10)
})

const addresses: readonly (readonly [string, object | undefined])[] = [
  ['192.0.2.53', { address: '192.0.2.53', port: 53 }],
  ['192.0.2.53:5300', { address: '192.0.2.53', port: 5_300 }],
  ['2001:db8::53', { address: '2001:db8::53', port: 53 }],
  ['[2001:db8::53]:5300', { address: '2001:db8::53', port: 5_300 }],
  ['[2001:db8::53]', { address: '2001:db8::53', port: 53 }],
  ['192.0.2.53:0', undefined],
  ['192.0.2.53:65536', undefined],
  ['192.0.2.530', undefined],
  ['dns.example.com', undefined],
  ['', undefined],
]

test('upstreams are addresses, with or without a port', () => {
  for (const [text, want] of addresses) assert.deepEqual(parseUpstream(text), want, text)
  assert.equal(addresses.length, 10)
})
