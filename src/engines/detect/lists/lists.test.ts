// Goal: lists say of an address or a domain what stands in them, trusted ones first, however they are written, and take bounded time.
// Method: each format as GuardDuty documents it, hostile ones, and random blocks against asking each block in turn.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import type { Listing } from '../surroundings.ts'
import { createAddressIndex, parseBlock } from './address-index.ts'
import { builtInFiles, builtInLists } from './built-in.ts'
import { createDomainIndex, parseDomain } from './domain-index.ts'
import { type ListFormat, listLimits, parseList } from './formats.ts'
import { createListings, type EntityList } from './listings.ts'

/** Source: GuardDuty User Guide, "List formats": the shape of each example. */
const formats: readonly (readonly [ListFormat, string, domains: readonly string[]])[] = [
  [
    'TXT',
    '# ours\n192.0.2.0/24\r\n198.51.100.1\n\n203.0.113.1\nexample.net\nnot an entry\n',
    ['example.net'],
  ],
  [
    'STIX',
    '<stix:STIX_Package><cybox:Properties xsi:type="AddressObject:AddressObjectType" category="ipv4-addr"><AddressObject:Address_Value condition="Equals" apply_condition="ANY">192.0.2.0/24##comma##198.51.100.1##comma##203.0.113.1</AddressObject:Address_Value></cybox:Properties><DomainNameObj:Value>example.net</DomainNameObj:Value><x:Value>a b</x:Value></stix:STIX_Package>',
    ['example.net'],
  ],
  [
    'OTX_CSV',
    'Indicator type, Indicator, Description\nCIDR, 192.0.2.0/24, example\nIPv4, 198.51.100.1, "a, b"\nIPv4, 203.0.113.1, example\nDomain, example.net, example\nIPv4, 1.2.3, example\nURL, http://example.org/, example\n',
    ['example.net'],
  ],
  [
    'FIRE_EYE',
    'reportId, title, sourceIp, cidr, ip, domain\n01-1, "a, ""b""", , 192.0.2.0/24, , \n01-2, a, , , 198.51.100.1, example.net\n01-3, a, 203.0.113.1, , , \n01-4, a, , , here, \n',
    ['example.net'],
  ],
  [
    'PROOF_POINT',
    'ip, category, score, first_seen, last_seen, ports (optional)\n192.0.2.0/24, 1, 100, 2000-01-01, 2000-01-01, \n198.51.100.1, 1, 100, 2000-01-01, 2000-01-01, 80 53\n203.0.113.1, 1, 100, 2000-01-01, 2000-01-01, \n0, 1, 2, a, b,\n',
    [],
  ],
  [
    'ALIEN_VAULT',
    '192.0.2.0/24#4#2#Malicious Host#KR##37.5,126.9#3\n198.51.100.1#4#2#Malicious Host#US##0.0,0.0#3\n203.0.113.1#4#2#Malicious Host#US##0.0,0.0#3\n?#4\n',
    [],
  ],
]

for (const [format, text, domains] of formats)
  test(`lists: ${format}`, () => {
    const entries = parseList(format, text, 'threat')
    assert.ok('blocks' in entries)
    const want = ['192.0.2.0/24', '198.51.100.1', '203.0.113.1'].map((one) => parseBlock(one))
    assert.deepEqual(entries.blocks, want)
    assert.deepEqual(entries.domains, domains)
    assert.equal(entries.rejected, 1)
  })

test('lists: every format has a row', () => assert.equal(formats.length, 6))

test('lists: what is too large or too long is refused', () => {
  const many = (count: number): string =>
    Array.from({ length: count }, (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`).join('\n')
  assert.ok('blocks' in parseList('TXT', many(listLimits.trusted), 'trusted'))
  assert.deepEqual(parseList('TXT', many(listLimits.trusted + 1), 'trusted'), { refused: 'too many entries' })
  assert.ok('blocks' in parseList('TXT', many(listLimits.threat), 'threat'))
  assert.deepEqual(parseList('TXT', many(listLimits.threat + 1), 'threat'), { refused: 'too many entries' })
  assert.deepEqual(parseList('TXT', '#'.repeat(listLimits.fileBytes + 1), 'threat'), { refused: 'too large' })
})

test('lists: hostile texts take bounded time', () => {
  const hostile = [
    '<Value '.repeat(1e5),
    '"'.repeat(1e6),
    '<Value>'.repeat(1e5),
    'a"b,'.repeat(1e5),
    `${'a.'.repeat(1e6)}b`,
  ]
  const begun = performance.now()
  for (const text of hostile) for (const [format] of formats) parseList(format, text, 'threat')
  assert.ok(performance.now() - begun < 5000)
  const index = createDomainIndex([['example.net', 1]])
  assert.deepEqual(index(`${'a.'.repeat(1e5)}example.net`), [1])
  assert.deepEqual(index('.'.repeat(1e6)), [])
})

const listed = (means: EntityList['means'], text: string, name: string = means): EntityList => {
  const entries = parseList('TXT', text, 'threat')
  assert.ok('blocks' in entries)
  return { name, means, ...entries }
}
const threatsOf = (listings: readonly Listing[]): string => listings.map(({ threat }) => threat).join(' ')

test('lists: an address or a domain stands in every list that has it or what it lies in; trusted ones come first', () => {
  const { address, domain } = createListings([
    listed('malicious', '198.51.100.0/24\n2001:db8::/32\nbad.example'),
    listed('tor', '198.51.100.7\n198.51.100.7\nexit.bad.example'),
    listed('trusted', '198.51.100.9\ngood.bad.example'),
  ])
  const rows: readonly (readonly [string, string])[] = [
    [threatsOf(address('198.51.100.1')), 'malicious'],
    [threatsOf(address('198.51.100.7')), 'malicious tor'],
    [threatsOf(address('198.51.100.8')), 'malicious'],
    [threatsOf(address('198.51.100.9')), ''],
    [threatsOf(address('198.51.101.0')), ''],
    [threatsOf(address('2001:db8:0:0::1')), 'malicious'],
    [threatsOf(address('2001:DB9::1')), ''],
    [threatsOf(address('__proto__')), ''],
    [threatsOf(domain('bad.example')), 'malicious'],
    [threatsOf(domain('a.b.bad.example')), 'malicious'],
    [threatsOf(domain('a.exit.bad.example')), 'malicious tor'],
    [threatsOf(domain('a.good.bad.example')), ''],
    [threatsOf(domain('notbad.example')), ''],
    [threatsOf(domain('example')), ''],
    [threatsOf(domain('constructor.prototype')), ''],
  ]
  for (const [got, want] of rows) assert.equal(got, want)
})

test('lists: what is no block or no domain', () => {
  const blocks = [
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3',
    '::1/129',
    '::1%eth0',
    '',
    '/',
    '1.2.3.4/8/8',
  ]
  assert.deepEqual(
    blocks.filter((text) => parseBlock(text) !== undefined),
    [],
  )
  const domains = [
    'com',
    '',
    '.',
    'a..b',
    '1.2.3.4',
    'a b.c',
    `${'a'.repeat(64)}.com`,
    'http://a.b/',
    'a.'.repeat(11),
  ]
  assert.deepEqual(
    domains.filter((text) => parseDomain(text) !== undefined),
    [],
  )
  assert.deepEqual(['*.Example.COM.', '_dmarc.example.com'].map(parseDomain), [
    'example.com',
    '_dmarc.example.com',
  ])
})

const v4 = fc.tuple(fc.nat(3), fc.nat(255), fc.nat(255)).map(([a, b, c]) => `10.${a}.${b}.${c}`)
const v6 = fc.tuple(fc.nat(3), fc.nat(0xff_ff)).map(([a, b]) => `2001:db8:${a}::${b.toString(16)}`)
const anyBlock = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 12, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(v6, fc.integer({ min: 30, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
)

test('lists: the index finds what asking each block finds', () => {
  fc.assert(
    fc.property(fc.array(anyBlock, { maxLength: 40 }), fc.array(fc.oneof(v4, v6)), (texts, addresses) => {
      const entries = texts.flatMap((text) => {
        const block = parseBlock(text)
        return block ? [[block, text] as const] : []
      })
      const index = createAddressIndex(entries)
      for (const address of [...addresses, ...texts.map((text) => text.split('/')[0] ?? '')]) {
        const one = parseBlock(address)
        assert.ok(one)
        const want = entries.filter(
          ([{ first, last }]) => typeof first === typeof one.first && first <= one.first && last >= one.first,
        )
        assert.deepEqual([...index(address)].sort(), [...new Set(want.map(([, text]) => text))].sort())
      }
    }),
    { numRuns: 500 },
  )
})

test('lists: what only nearly is an IPv6 address is not shown to the library, which makes an error of it', (t) => {
  const isValid = t.mock.method(ipaddr.IPv6, 'isValid')
  const nearly = [
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    ':1:2:3:4:5:6:7',
  ]
  nearly.push('1:2:3:4:5:6:7:', ':::', '::1.2.3', '::1.2.3.256', '1:2:3:4:5:6:7:1.2.3.4', '1.2.3.4::', '::g')
  assert.deepEqual(
    nearly.filter((text) => parseBlock(text)),
    [],
  )
  assert.equal(nearly.length, 13)
  assert.equal(isValid.mock.callCount(), 0)

  // What it is shown, it takes for an address; and no address is kept from it.
  const part = fc.constantFrom(':', '::', '1', 'ab', 'FFFF', '0', '12345', '.', '1.2.3.4', 'g', '')
  let addresses = 0
  fc.assert(
    fc.property(fc.array(part, { maxLength: 18 }), (parts) => {
      const text = parts.join('')
      const shown = isValid.mock.callCount()
      const isAddress = parseBlock(text) !== undefined
      const isShown = isValid.mock.callCount() > shown
      const want = isIPv6(text)
      assert.deepEqual([isShown, isAddress && text.includes(':')], [want, want], text)
      if (want) addresses += 1
    }),
    { numRuns: 20_000 },
  )
  assert.ok(addresses > 50, `${addresses} of them were addresses`)
})

test('lists: those that come with Redoubt hold domains alone, sorted out', () => {
  const folder = new URL('../../../../data/threat-lists/', import.meta.url)
  const lists = builtInLists((file) => readFileSync(new URL(file, folder), 'utf8'))
  assert.equal(lists.length, builtInFiles.length)
  for (const file of builtInFiles) {
    const entries = parseList('TXT', readFileSync(new URL(file, folder), 'utf8'), 'threat')
    assert.ok('domains' in entries && entries.rejected === 0 && entries.blocks.length === 0, file)
    assert.equal(new Set(entries.domains).size, entries.domains.length, file)
  }
  const { domain } = createListings(lists)
  assert.equal(threatsOf(domain('xmr-eu1.nanopool.org')), 'cryptocurrency')
  assert.equal(threatsOf(domain('guarddutyc2activityb.com')), 'command-and-control')
  assert.equal(threatsOf(domain('braiins.com')), '')
})
