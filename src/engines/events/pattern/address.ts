import ipaddr from 'ipaddr.js'
import { Refusal } from './refusal.ts'

/** An address as text of its 4 or 16 bytes: addresses of one family then compare as numbers do. */
export type Address = string & { readonly brand: 'Address' }

/** Both ends belong to it. */
export interface AddressRange {
  readonly first: Address
  readonly last: Address
}

// Source: event-ruler, `Constants`: an address by its looks, before any reading of it.
const decimalQuad = /^[0-9]{1,10}\.[0-9]{1,10}\.[0-9]{1,10}\.[0-9]{1,10}$/
const colons = /^(?=[0-9a-fA-F:]*:)[0-9a-fA-F:]+$/
const dot = 0x2e
const zero = 0x30
const integer = /^[+-]?[0-9]+$/
/** The longest IPv6 address without zone or decimal part, with room for needless zeros. */
const lengthMax = 45

/**
 * An IPv4 address in four decimal parts, or an IPv6 address without zone and decimal part; `undefined` for anything else.
 * An IPv4 address written as IPv6 is the IPv4 address.
 * Source: event-ruler, `CIDR.ipToBytes`.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > lengthMax) return undefined
  if (decimalQuad.test(text)) return decimal(text)
  if (!colons.test(text) || !ipaddr.isValid(text)) return undefined
  return addressOf(ipaddr.process(text).toByteArray())
}

function decimal(text: string): Address | undefined {
  const bytes = [0, 0, 0, 0]
  let part = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit === dot) part += 1
    else bytes[part] = (bytes[part] ?? 0) * 10 + unit - zero
  }
  return bytes.every((byte) => byte <= 255) ? addressOf(bytes) : undefined
}

function addressOf(bytes: readonly number[]): Address {
  const [a = 0, b = 0, c = 0, d = 0] = bytes
  // Minted here alone; most are short, and spreading is slow.
  return (bytes.length === 4 ? String.fromCharCode(a, b, c, d) : String.fromCharCode(...bytes)) as Address
}

/** The addresses of a CIDR block. Source: event-ruler, `CIDR.cidr`, whose words these are. */
export function parseBlock(text: string): AddressRange {
  const [base = '', mask, ...more] = text.split('/')
  if (mask === undefined || mask === '' || more.some((part) => part !== ''))
    throw new Refusal("Malformed CIDR, one '/' required")
  if (!integer.test(mask)) throw new Refusal('Malformed CIDR, mask bits must be an integer')
  const bits = Number(mask)
  if (bits < 0) throw new Refusal('Malformed CIDR, mask bits must not be negative')
  const address = parseAddress(base)
  if (address === undefined) throw new Refusal(`Nonstandard IP address: ${base}`)
  if (address.length === 4 && bits > 31) throw new Refusal('IPv4 mask bits must be < 32')
  if (bits > 127) throw new Refusal('IPv6 mask bits must be < 128')
  return { first: end(address, bits, 0), last: end(address, bits, 1) }
}

function end(address: Address, bits: number, host: 0 | 1): Address {
  return addressOf(
    Array.from(address, (byte, index) => {
      const mask = 0xff >> Math.min(Math.max(bits - index * 8, 0), 8)
      return host === 1 ? byte.charCodeAt(0) | mask : byte.charCodeAt(0) & ~mask
    }),
  )
}
