import { isDue } from '#core/elapsed.ts'
import type { Reader, Scope } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { type AddressSet, addressSet, parseAddress } from '#engines/waf/index.ts'

interface Parts {
  /** The ranges of an account's networks. */
  readonly ranges: (reader: Reader, scope: Scope) => readonly string[]
  /** Addresses of this machine, where load balancers listen and functions run. */
  readonly machine: () => readonly string[]
  readonly world: Pick<World, 'nowMs'>
}

const freshMs = 5_000
const rangesMax = 10_000

/** Tells which addresses are this cloud's own: what a network changes is known after some seconds. */
export function createOwnAddresses({ ranges, machine, world }: Parts) {
  const known = new Map<string, { readonly set: AddressSet | undefined; readonly untilMs: number }>()

  function setOf(reader: Reader, scope: Scope): AddressSet | undefined {
    const key = `${scope.account}/${scope.region}`
    const before = known.get(key)
    if (before && !isDue(before.untilMs, world.nowMs(), freshMs)) return before.set
    const blocks = [...loopback, ...ranges(reader, scope), ...machine().map(asBlock)]
    const outcome = addressSet(blocks, rangesMax)
    const set = outcome.ok ? outcome.value : undefined
    known.set(key, { set, untilMs: world.nowMs() + freshMs })
    return set
  }

  return (reader: Reader, scope: Scope, text: string): boolean => {
    const address = parseAddress(text)
    return address !== undefined && setOf(reader, scope)?.has(address) === true
  }
}

/** What functions of this machine call from. */
const loopback = ['127.0.0.1/32', '::1/128']

function asBlock(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`
}
