import { integer, listOf, members, optional, text } from '../read.ts'
import { guarded, rulesByKey, type Source } from '../guards.ts'
import type { World } from '../request.ts'
import { aboutClient, forwardedIPConfig } from './client.ts'
import { matchKind } from './kind.ts'

/** ISO 3166-1 alpha-2, and what AWS calls a place that is not known. */
const unknownPlace = 'XX'
/** Source: AWS WAFV2 API, CountryCode: as many as there are two-letter codes. */
const countriesMax = 676

/** The client's country. Every request asked about gets labels of its country and region, matching or not. */
export const geoMatch = matchKind({
  read: () =>
    members(
      {
        CountryCodes: listOf(text(2, 2, /^[A-Z]{2}$/), 1, countriesMax),
        ForwardedIPConfig: optional(forwardedIPConfig),
      },
      'GEO_MATCH_STATEMENT',
    ),
  price: () => 1,
  compile({ CountryCodes, ForwardedIPConfig }, { world, inputs }) {
    const codes: ReadonlySet<string> = new Set(CountryCodes)
    const of = ForwardedIPConfig === undefined ? 'clientip' : 'forwardedip'
    const matches = aboutClient(ForwardedIPConfig, (address, inspection) => {
      const { country, region } = world.locate(address) ?? { country: unknownPlace }
      inspection.newLabels.push(...placeLabels(of, country, region))
      return codes.has(country)
    })
    if (ForwardedIPConfig !== undefined) return matches
    const source = inputs.source('country', () => countries(world))
    return guarded(
      matches,
      CountryCodes.map((key) => ({ source, key, alone: true })),
    )
  },
})

/** Looks the client up once for all rules about countries, and labels the request as any of them would. */
function countries(world: World): Source {
  return {
    prepare: (entries) => {
      const byCountry = rulesByKey(entries)
      return ({ clientAddress, labels }, found) => {
        if (clientAddress === undefined) return
        const { country, region } = world.locate(clientAddress) ?? { country: unknownPlace }
        for (const label of placeLabels('clientip', country, region)) labels.add(label)
        for (const rule of byCountry.get(country) ?? []) found(rule)
      }
    },
  }
}

function placeLabels(
  of: 'clientip' | 'forwardedip',
  country: string,
  region: string | undefined,
): readonly string[] {
  const prefix = `awswaf:${of}:geo:`
  return [`${prefix}country:${country}`, `${prefix}region:${country}-${region ?? unknownPlace}`]
}

/** Source: AWS WAFV2 API, ASN and AsnList. */
const asnMax = 4_294_967_295
const asnsMax = 100

/** The autonomous system that the client's address belongs to; 0 for one that is not known. */
export const asnMatch = matchKind({
  read: () =>
    members(
      { AsnList: listOf(integer(0, asnMax), 1, asnsMax), ForwardedIPConfig: optional(forwardedIPConfig) },
      'STATEMENT',
    ),
  price: () => 1,
  compile({ AsnList, ForwardedIPConfig }, { world }) {
    const numbers: ReadonlySet<number> = new Set(AsnList)
    return aboutClient(ForwardedIPConfig, (address) => numbers.has(world.autonomousSystem(address) ?? 0))
  },
})
