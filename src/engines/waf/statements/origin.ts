import { integer, listOf, members, optional, text } from '../read.ts'
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
  compile({ CountryCodes, ForwardedIPConfig }, { world }) {
    const codes: ReadonlySet<string> = new Set(CountryCodes)
    const prefix = `awswaf:${ForwardedIPConfig === undefined ? 'clientip' : 'forwardedip'}:geo:`
    return aboutClient(ForwardedIPConfig, (address, inspection) => {
      const { country, region } = world.locate(address) ?? { country: unknownPlace }
      inspection.newLabels.push(
        `${prefix}country:${country}`,
        `${prefix}region:${country}-${region ?? unknownPlace}`,
      )
      return codes.has(country)
    })
  },
})

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
