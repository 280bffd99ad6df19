import ipaddr from 'ipaddr.js'
import { Bounded } from '#core/bounded.ts'
import { limits } from './limits.ts'

/** Networks of one's own; whoever asks from elsewhere is not answered: nobody's open resolver sends floods. */
const own: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'linkLocal',
  'carrierGradeNat',
])

/** Who may ask, and how often: so many queries a second each. */
export class Clients {
  readonly #elapsedMs: () => number
  readonly #known = new Bounded<string, { tokens: number; atMs: number }>(limits.clients)

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs
  }

  /** Whether one more query of this address is taken. */
  take(address: string): boolean {
    const atMs = this.#elapsedMs()
    const client = this.#known.get(address)
    if (client === undefined) {
      if (!isOwn(address)) return false
      this.#known.set(address, { tokens: limits.clientBurst - 1, atMs })
      return true
    }
    const gained = ((atMs - client.atMs) / 1_000) * limits.clientPerSecond
    client.tokens = Math.min(limits.clientBurst, client.tokens + gained)
    client.atMs = atMs
    if (client.tokens < 1) return false
    client.tokens -= 1
    return true
  }
}

export function isOwn(address: string): boolean {
  return ipaddr.isValid(address) && own.has(ipaddr.process(address).range())
}

/** An address without the zone of its link, and IPv4 in its own form. */
export function plainAddress(address: string): string {
  const [withoutZone = ''] = address.split('%')
  return ipaddr.isValid(withoutZone) ? ipaddr.process(withoutZone).toString() : withoutZone
}
