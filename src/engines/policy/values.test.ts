// Goal: dates and addresses are read as IAM reads them, and nothing else is read as one.
// Method: rows; the IPv4 arithmetic against node:net on random ranges.
import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { inRange, parseAddress, parseAddressRange } from './addresses.ts'
import { parseDate } from './dates.ts'

const dates: readonly [text: string, want: string | undefined][] = [
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04:05.5Z', '2026-01-02T03:04:05.500Z'],
  ['2026-01-02T03:04:05+01:30', '2026-01-02T01:34:05.000Z'],
  ['2026-01-02T03:04:05-0100', '2026-01-02T04:04:05.000Z'],
  ['2026-01-02T03:04Z', '2026-01-02T03:04:00.000Z'],
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  ['2026-01', '2026-01-01T00:00:00.000Z'],
  ['2026', '2026-01-01T00:00:00.000Z'],
  ['1767225600', '2026-01-01T00:00:00.000Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
  // What IAM takes and refuses at its edges. Source: answers of CreatePolicy, as moto's tests record them.
  ['2016-12-13t2:00:00.593194+23', '2016-12-12T03:00:00.593Z'],
  ['2016-12-13t2:00:00.593194+1', undefined],
  ['2016-12-13t2:00:00.1999999999+10:59', undefined],
  ['9223372036854775808', undefined],
  ['234-13', undefined],
  ['2026-02-30', undefined],
  ['2026-13-01', undefined],
  ['2026-01-02T25:00:00Z', undefined],
  ['tomorrow', undefined],
  ['', undefined],
]

test('dates: rows', () => {
  for (const [text, want] of dates) {
    const moment = parseDate(text)
    assert.equal(moment === undefined ? undefined : new Date(moment).toISOString(), want, text)
  }
  assert.equal(dates.length, 20)
  assert.notEqual(parseDate('01T'), undefined)
  assert.notEqual(parseDate('-292275054'), undefined)
})

const ranges: readonly [address: string, range: string, want: boolean | undefined][] = [
  ['203.0.113.7', '203.0.113.0/24', true],
  ['203.0.114.7', '203.0.113.0/24', false],
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.8', '203.0.113.7', false],
  ['203.0.113.7', '203.0.113.9/29', false],
  ['203.0.113.15', '203.0.113.9/29', true],
  ['203.0.113.7', '0.0.0.0/0', true],
  ['2001:db8::1', '0.0.0.0/0', false],
  ['2001:db8:1234:5678::9', '2001:DB8:1234:5678::/64', true],
  ['2001:db8:1234:5679::9', '2001:DB8:1234:5678::/64', false],
  ['2001:db8::1', '2001:0db8:0::0001', true],
  ['::ffff:203.0.113.7', '203.0.113.0/24', true],
  ['203.0.113.7', '::ffff:203.0.113.0/120', true],
  ['203.0.113.7', '::ffff:203.0.113.0/64', undefined],
  ['203.0.113.7', '203.0.113.0/33', undefined],
  ['203.0.113.7', '203.0.113.0/', undefined],
  ['203.0.113.7', '203.0.113', undefined],
  ['203.0.113.7', '203.0.113.*', undefined],
  ['203.0.113', '203.0.113.0/24', undefined],
  ['0x7f000001', '127.0.0.0/8', undefined],
  ['fe80::1%eth0', 'fe80::/10', undefined],
  ['', '0.0.0.0/0', undefined],
]

test('addresses: rows', () => {
  for (const [text, rangeText, want] of ranges) {
    const address = parseAddress(text)
    const range = parseAddressRange(rangeText)
    const got = address === undefined || range === undefined ? undefined : inRange(address, range)
    assert.equal(got, want, `${text} in ${rangeText}`)
  }
  assert.equal(ranges.length, 22)
})

test('addresses: IPv4 and IPv6 ranges agree with node:net', () => {
  const near = fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32), fc.boolean())
  fc.assert(
    fc.property(near, ([network, other, bits, same]) => {
      const address = same ? network.replace(/\d+$/, '77') : other
      const block = new BlockList()
      block.addSubnet(network, bits, 'ipv4')
      const [parsed, range] = [parseAddress(address), parseAddressRange(`${network}/${bits}`)]
      assert.ok(parsed !== undefined && range !== undefined)
      assert.equal(inRange(parsed, range), block.check(address, 'ipv4'), `${address} in ${network}/${bits}`)
    }),
    { numRuns: 3000 },
  )
})
