import ipaddr from 'ipaddr.js'

/** An address as its bytes: 4 or 16 of them. */
export type Address = readonly number[]

/** A CIDR range: addresses of the same family that share the first `bits` bits. */
export interface AddressRange {
  readonly bytes: Address
  readonly bits: number
}

const decimalQuad = /^\d{1,3}(?:\.\d{1,3}){3}$/
const prefixLength = /^\d{1,3}$/

/**
 * An IPv4 address in four decimal parts, or an IPv6 address without zone; `undefined` for anything else.
 * An IPv4 address written as IPv6 (`::ffff:203.0.113.7`) is the IPv4 address: it names the same caller.
 */
export function parseAddress(text: string): Address | undefined {
  // ipaddr.js would also read 0x7f.1 and 10.1, which no request carries and few readers of a policy expect.
  if (text.includes(':') ? text.includes('%') : !decimalQuad.test(text)) return undefined
  if (!ipaddr.isValid(text)) return undefined
  return ipaddr.process(text).toByteArray()
}

/** `203.0.113.0/24`, `2001:db8::/32`, or one address alone. Host bits may be set, as IAM allows. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/')
  const bytes = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (bytes === undefined) return undefined
  if (slash < 0) return { bytes, bits: bytes.length * 8 }
  const length = text.slice(slash + 1)
  if (!prefixLength.test(length)) return undefined
  // The range of a mapped address counts its bits from the start of the IPv6 form.
  const bits = Number(length) - (text.includes(':') && bytes.length === 4 ? 96 : 0)
  return bits >= 0 && bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

export function inRange(address: Address, { bytes, bits }: AddressRange): boolean {
  if (address.length !== bytes.length) return false
  const full = bits >> 3
  for (let index = 0; index < full; index += 1) if (address[index] !== bytes[index]) return false
  const rest = bits & 7
  if (rest === 0) return true
  const mask = (0xff << (8 - rest)) & 0xff
  return ((address[full] ?? 0) & mask) === ((bytes[full] ?? 0) & mask)
}
