import type { Origin } from '#engines/detect/index.ts'
import type { WireFinding } from '../documents.ts'

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })

/** Says of every remote address of a finding's action where it belongs. */
export function withOrigins(finding: WireFinding, origin: (address: string) => Origin): WireFinding {
  const { service } = finding as { readonly service?: { readonly action?: unknown } } // Of the schema.
  if (service?.action === undefined) return finding
  return { ...finding, service: { ...service, action: withOriginsIn(service.action, origin) } }
}

function withOriginsIn(value: unknown, origin: (address: string) => Origin): unknown {
  if (Array.isArray(value)) return value.map((item) => withOriginsIn(item, origin))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'remoteIpDetails' ? located(inner, origin) : withOriginsIn(inner, origin),
    ]),
  )
}

/** What a detector has said already stays. */
function located(details: unknown, origin: (address: string) => Origin): unknown {
  const { ipAddressV4, ipAddressV6 } = details as {
    readonly ipAddressV4?: string
    readonly ipAddressV6?: string
  } // As above.
  const address = ipAddressV4 ?? ipAddressV6
  if (address === undefined) return details
  const { country, asn, organization } = origin(address)
  const name = country !== undefined && /^[A-Z]{2}$/.test(country) ? countryNames.of(country) : undefined
  return {
    ...(country !== undefined && {
      country: { countryCode: country, ...(name !== undefined && { countryName: name }) },
    }),
    ...((asn ?? organization) !== undefined && {
      organization: {
        ...(asn !== undefined && { asn: String(asn) }),
        ...(organization !== undefined && { asnOrg: organization, isp: organization, org: organization }),
      },
    }),
    ...(details as object), // It is one: an address was read from it.
  }
}
