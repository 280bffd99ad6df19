// Goal: every remote address of a finding says where it belongs, as far as that is known, and nothing else changes.
// Method: rows of actions.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Origin } from '#engines/detect/index.ts'
import { withOrigins } from './enrich.ts'

const known = new Map<string, Origin>([
  ['192.0.2.1', { country: 'NL', asn: 3333, organization: 'RIPE NCC' }],
  ['2001:db8::1', { country: 'NL' }],
  ['192.0.2.2', { asn: 64496 }],
])
const finding = (remote: object) => ({
  type: 'x',
  service: { action: { portProbeAction: { portProbeDetails: [{ remoteIpDetails: remote }] } } },
})
const rows: readonly [given: object, want: object][] = [
  [
    { ipAddressV4: '192.0.2.1' },
    {
      country: { countryCode: 'NL', countryName: 'Netherlands' },
      organization: { asn: '3333', asnOrg: 'RIPE NCC', isp: 'RIPE NCC', org: 'RIPE NCC' },
      ipAddressV4: '192.0.2.1',
    },
  ],
  [
    { ipAddressV6: '2001:db8::1' },
    { country: { countryCode: 'NL', countryName: 'Netherlands' }, ipAddressV6: '2001:db8::1' },
  ],
  [{ ipAddressV4: '192.0.2.2' }, { organization: { asn: '64496' }, ipAddressV4: '192.0.2.2' }],
  [{ ipAddressV4: '192.0.2.3' }, { ipAddressV4: '192.0.2.3' }],
  [{}, {}],
  [
    { ipAddressV4: '192.0.2.1', country: { countryName: 'Said' }, organization: {} },
    { ipAddressV4: '192.0.2.1', country: { countryName: 'Said' }, organization: {} },
  ],
]

test('findings: where remote addresses belong', () => {
  for (const [given, want] of rows)
    assert.deepEqual(
      withOrigins(finding(given), (address) => known.get(address) ?? {}),
      finding(want),
    )
  assert.equal(rows.length, 6)
  assert.deepEqual(
    withOrigins({ type: 'x' }, () => ({})),
    { type: 'x' },
  )
})
