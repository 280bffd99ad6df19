import type { Origin } from '../surroundings.ts'

/** Amazon's networks. Source: regional internet registries, autonomous systems of Amazon.com, Inc. */
const amazon: ReadonlySet<number> = new Set([16_509, 14_618, 8987, 7224, 39_111, 19_047, 38_895, 62_785])

/** What kind of network an address belongs to, where that is known. */
export type Network = 'private' | 'amazon' | 'elsewhere' | 'unknown'

/** Tells by the address where it is private, else by whose network it is found in. */
export function networkOf(address: string, { asn, country }: Origin): Network {
  if (isPrivate(address)) return 'private'
  if (asn !== undefined) return amazon.has(asn) ? 'amazon' : 'elsewhere'
  return country === undefined ? 'unknown' : 'elsewhere'
}

/** Source: RFC 1918, RFC 4193, RFC 6598, RFC 3927, RFC 1122 (loopback). */
function isPrivate(address: string): boolean {
  return (
    /^(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      address,
    ) || /^(?:f[cd]|fe80|::1$)/i.test(address)
  )
}
