import ipaddr from 'ipaddr.js'
import { invalid, outcome, type Outcome } from './refusal.ts'

/** An address as text of its 4 or 16 bytes: addresses of one family then compare as numbers do. */
export type Address = string & { readonly brand: 'Address' }

/** Addresses that a rule asks about. */
export interface AddressSet {
  has(address: Address): boolean
}

const decimalQuad = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/
const prefixLength = /^\d{1,3}$/

/** An IPv4 or IPv6 address; an IPv4 address written as IPv6 is the IPv4 address: it names the same client. */
export function parseAddress(text: string): Address | undefined {
  // ipaddr.js would read 0x7f.1 and 10.1 too, 010.0.0.1 as 8.0.0.1, and zones, none of which a set of addresses contains.
  const quad = text.slice(text.lastIndexOf(':') + 1)
  if (text.includes('%') || ((!text.includes(':') || quad.includes('.')) && !decimalQuad.test(quad)))
    return undefined
  if (!ipaddr.isValid(text)) return undefined
  return addressOf(ipaddr.process(text).toByteArray())
}

function addressOf(bytes: readonly number[]): Address {
  return String.fromCharCode(...bytes) as Address // Minted here alone.
}

/** The address as people write it. */
export function formatAddress(address: Address): string {
  return ipaddr.fromByteArray(Array.from(address, (byte) => byte.charCodeAt(0))).toString()
}

interface Range {
  readonly first: Address
  readonly last: Address
}

/** The first and the last address of a CIDR block. */
function parseBlock(text: string): Range {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  const length = slash < 0 ? '' : text.slice(slash + 1)
  if (address === undefined || !prefixLength.test(length))
    throw invalid('IP_ADDRESS', text, 'must be a CIDR block')
  // The prefix of a mapped address counts from the start of the IPv6 form.
  const bits = Number(length) - (text.includes(':') && address.length === 4 ? 96 : 0)
  if (bits < 0 || bits > address.length * 8) throw invalid('IP_ADDRESS', text, 'must be a CIDR block')
  const end = (host: 0 | 1): Address =>
    addressOf(
      Array.from(address, (byte, index) => {
        const mask = 0xff >> Math.min(Math.max(bits - index * 8, 0), 8)
        return host === 1 ? byte.charCodeAt(0) | mask : byte.charCodeAt(0) & ~mask
      }),
    )
  return { first: end(0), last: end(1) }
}

/** Source: AWS WAF quotas, "Maximum number of IP addresses in an IP set". */
const addressesMax = 10_000

/** The set of an IP set's CIDR blocks, or the one that is none. A look-up halves sorted ranges; it scans nothing. */
export function addressSet(blocks: readonly string[], max = addressesMax): Outcome<AddressSet> {
  return outcome(() => {
    if (blocks.length > max)
      throw invalid('IP_ADDRESS', String(blocks.length), 'is more addresses than a set may have')
    const ranges = blocks.map(parseBlock)
    const families = [4, 16].map((length) => merged(ranges.filter(({ first }) => first.length === length)))
    const [v4 = nothing, v6 = nothing] = families.map((family) => ({
      firsts: family.map(({ first }) => first),
      lasts: family.map(({ last }) => last),
    }))
    return { has: (address) => within(address, address.length === 4 ? v4 : v6) }
  })
}

interface Ranges {
  readonly firsts: readonly Address[]
  readonly lasts: readonly Address[]
}

const nothing: Ranges = { firsts: [], lasts: [] }

/** Ranges in order, overlapping ones made one, so that an address is in the last that starts before it or in none. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const out: Range[] = []
  for (const range of [...ranges].sort((one, other) =>
    one.first < other.first ? -1 : one.first > other.first ? 1 : 0,
  )) {
    const before = out.at(-1)
    if (before === undefined || before.last < range.first) out.push(range)
    else if (before.last < range.last) out[out.length - 1] = { first: before.first, last: range.last }
  }
  return out
}

function within(address: Address, { firsts, lasts }: Ranges): boolean {
  let low = 0
  let high = firsts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((firsts[middle] ?? '') <= address) low = middle + 1
    else high = middle
  }
  const last = lasts[low - 1]
  return last !== undefined && address <= last
}
