import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Reader } from 'mmdb-lib'
import { Bounded } from '#core/bounded.ts'
import type { Log } from '#core/log.ts'
import { type Address, formatAddress, type Location } from '#engines/waf/index.ts'
import { WatchedFile } from '../watched-file.ts'

/** The package with the countries of addresses. Its data: CC0-1.0, from the registries' own statistics; see data/README.md. */
export const countryPackage = '@ip-location-db/geo-whois-asn-country-mmdb'
const countryFile = 'geo-whois-asn-country.mmdb'

/** Where addresses are, and whose. */
export interface Locations {
  readonly locate: (address: Address) => Location | undefined
  readonly autonomousSystem: (address: Address) => number | undefined
}

/** Answers that are kept for addresses that come again. */
const addressesKept = 20_000

/**
 * Looks addresses up in MMDB files: the country in the newest data that `redoubt geo update` brought into `folder`, else in the package
 * that came with the program; the autonomous system in `asn.mmdb` of the same folder, which an operator puts there. Files are read when
 * the first address is asked for, and again when they change.
 */
export function createLocations(folder: string, nowMs: () => number, log: Log): Locations {
  const country = new DataFile<{ readonly country_code?: string }>(
    [join(folder, 'node_modules', countryPackage, countryFile), () => packagedFile()],
    nowMs,
    log,
  )
  const asn = new DataFile<{ readonly autonomous_system_number?: number }>(
    [join(folder, 'asn.mmdb')],
    nowMs,
    log,
  )
  return {
    locate(address) {
      const code = country.find(address)?.country_code
      return code === undefined ? undefined : { country: code }
    },
    autonomousSystem: (address) => asn.find(address)?.autonomous_system_number,
  }
}

function packagedFile(): string {
  return createRequire(import.meta.url).resolve(`${countryPackage}/${countryFile}`)
}

/** What one MMDB file says of addresses. */
class DataFile<Found extends object> {
  readonly #file: WatchedFile<(address: Address) => Found | undefined>

  constructor(places: readonly (string | (() => string))[], nowMs: () => number, log: Log) {
    this.#file = new WatchedFile({
      places,
      nowMs,
      log,
      read(path) {
        // Typed by what the packages say of their files; a member that is missing is undefined.
        const reader = new Reader(readFileSync(path)) as unknown as Reader<Found>
        const known = new Bounded<Address, { readonly found: Found | undefined }>(addressesKept)
        return (address) =>
          known.of(address, () => ({ found: reader.get(formatAddress(address)) ?? undefined })).found
      },
    })
  }

  find(address: Address): Found | undefined {
    return this.#file.value()?.(address)
  }
}
