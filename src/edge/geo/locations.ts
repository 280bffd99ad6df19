import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Reader } from 'mmdb-lib'
import { Bounded } from '#core/bounded.ts'
import type { Log } from '#core/log.ts'
import { type Address, formatAddress, type Location } from '#engines/waf/index.ts'

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
/** How often a newer file is looked for, while anybody asks. Units: milliseconds. */
const lookEveryMs = 60_000

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

/** One MMDB file, in the first of its places that has it. */
class DataFile<Found extends object> {
  readonly #places: readonly (string | (() => string))[]
  readonly #nowMs: () => number
  readonly #log: Log
  #reader: Reader<Found> | undefined
  #known = new Bounded<Address, { readonly found: Found | undefined }>(addressesKept)
  #state = ''
  #lookedAtMs = -Infinity

  constructor(places: readonly (string | (() => string))[], nowMs: () => number, log: Log) {
    this.#places = places
    this.#nowMs = nowMs
    this.#log = log
  }

  find(address: Address): Found | undefined {
    this.#look()
    const reader = this.#reader
    if (reader === undefined) return undefined
    return this.#known.of(address, () => ({ found: reader.get(formatAddress(address)) ?? undefined })).found
  }

  #look(): void {
    const nowMs = this.#nowMs()
    if (nowMs - this.#lookedAtMs < lookEveryMs) return
    this.#lookedAtMs = nowMs
    for (const place of this.#places) {
      const path = typeof place === 'string' ? place : place()
      const state = stateOf(path)
      if (state === undefined) continue
      if (state !== this.#state) this.#read(path, state)
      return
    }
  }

  #read(path: string, state: string): void {
    this.#state = state
    try {
      // Typed by what the packages say of their files; a member that is missing is undefined.
      this.#reader = new Reader(readFileSync(path)) as unknown as Reader<Found>
      this.#known = new Bounded(addressesKept)
    } catch (error) {
      // What was read before goes on answering.
      this.#log({ level: 'error', event: 'geo-data-not-read', path, why: String(error) })
    }
  }
}

/** What changes when a file is replaced; `undefined` where there is none. */
function stateOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${path} ${found.mtimeMs} ${found.size}`
}
