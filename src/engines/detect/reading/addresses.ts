const dot = 46
const zero = 48

/** An IPv4 address as a number of 32 bits; -1 for anything else. */
export function ipv4Number(address: string): number {
  let value = 0
  let octet = -1
  let dots = 0
  if (address.length > 15) return -1
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at)
    if (code === dot) {
      if (octet < 0) return -1
      value = value * 256 + octet
      octet = -1
      dots += 1
      continue
    }
    const digit = code - zero
    if (digit < 0 || digit > 9) return -1
    octet = octet < 0 ? digit : octet * 10 + digit
    if (octet > 255) return -1
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1
}

/** The number of an address of which it is known that it is right. */
function net(address: string, bits: number): readonly [first: number, last: number] {
  const first = ipv4Number(address)
  return [first, first + 2 ** (32 - bits) - 1]
}

/**
 * Ranges that the Internet does not route. The three of documentation are left out: whoever writes them in an example means a stranger.
 * Source: IANA, "IPv4 Special-Purpose Address Registry"; RFC 5771 (multicast).
 */
const special = [
  net('0.0.0.0', 8),
  net('10.0.0.0', 8),
  net('100.64.0.0', 10),
  net('127.0.0.0', 8),
  net('169.254.0.0', 16),
  net('172.16.0.0', 12),
  net('192.0.0.0', 24),
  net('192.168.0.0', 16),
  net('198.18.0.0', 15),
  net('224.0.0.0', 3),
]

/** Whether the Internet routes to an address. Source for IPv6: RFC 4291, section 2.4, and IANA's allocation of 2000::/3. */
export function isPublicAddress(address: string): boolean {
  const number = ipv4Number(address)
  if (number < 0) return /^[23][\da-f]{3}:/i.test(address)
  for (const [first, last] of special) if (number >= first && number <= last) return false
  return true
}
