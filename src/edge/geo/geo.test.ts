// Goal: addresses are located by the data that came with the program, or by newer data in the folder, and nothing fails without either.
// Method: addresses whose registries are known, the real data; a broken file in the folder's place.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { parseAddress } from '#engines/waf/index.ts'
import { countryPackage, createLocations } from './index.ts'

const rows: readonly [address: string, country: string | undefined][] = [
  ['193.0.6.139', 'NL'], // RIPE NCC
  ['2001:67c:2e8:22::c100:68b', 'NL'], // RIPE NCC
  ['202.12.29.205', 'AU'], // APNIC
  ['200.3.14.10', 'UY'], // LACNIC
  ['127.0.0.1', undefined],
  ['10.1.2.3', undefined],
  ['::1', undefined],
]

test('geo: countries of addresses, from the program’s data or the folder’s', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-geo-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const logged: string[] = []
  let nowMs = 0
  const { locate, autonomousSystem } = createLocations(
    folder,
    () => nowMs,
    ({ event }) => logged.push(event),
  )
  const check = (): void => {
    for (const [text, country] of rows) {
      const address = parseAddress(text)
      assert.ok(address)
      assert.equal(locate(address)?.country, country, text)
      assert.equal(autonomousSystem(address), undefined)
    }
  }
  check()
  assert.equal(rows.length, 7)
  const place = join(folder, 'node_modules', countryPackage, 'geo-whois-asn-country.mmdb')
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, 'junk')
  nowMs += 61_000
  check()
  assert.deepEqual(logged, ['data-file-not-read'])
  cpSync(createRequire(import.meta.url).resolve(`${countryPackage}/geo-whois-asn-country.mmdb`), place)
  nowMs += 61_000
  check()
  assert.equal(logged.length, 1)
})
