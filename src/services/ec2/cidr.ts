import ipaddr from 'ipaddr.js'

/** A block of addresses, read. */
export interface Block {
  readonly kind: 'ipv4' | 'ipv6'
  /** The network's own address and its length: `10.0.0.0/16` for what was written `10.0.3.4/16`, as EC2 keeps it. */
  readonly cidr: string
  readonly prefixLength: number
}

/** Reads `address/length`, strictly: four decimal parts, no leading zeros. Undefined where the text is none. */
export function readBlock(text: string): Block | undefined {
  if (!cidrForm.test(text) || !ipaddr.isValidCIDR(text)) return undefined
  const [address, prefixLength] = ipaddr.parseCIDR(text)
  const kind = address.kind()
  if (kind === 'ipv6') {
    // An address that carries an IPv4 one within is written in hexadecimal like any other.
    return {
      kind,
      cidr: `${ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String()}/${prefixLength}`,
      prefixLength,
    }
  }
  return {
    kind,
    cidr: `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${prefixLength}`,
    prefixLength,
  }
}

/** Four decimal numbers without leading zeros, or hexadecimal groups; the length in decimal. Zones (`%eth0`) are no part of a block. */
const cidrForm =
  /^(?:(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}|(?=[0-9a-fA-F.]*:)[0-9a-fA-F:.]+)\/(?:0|[1-9]\d{0,2})$/

/** Whether a block lies wholly within another one of its kind. */
export function contains(outer: Block, inner: Block): boolean {
  if (outer.kind !== inner.kind || outer.prefixLength > inner.prefixLength) return false
  return ipaddr.parseCIDR(inner.cidr)[0].match(ipaddr.parseCIDR(outer.cidr))
}

/** Whether two blocks share an address: of two blocks one contains the other, or they are apart. */
export function overlap(one: Block, other: Block): boolean {
  return contains(one, other) || contains(other, one)
}
