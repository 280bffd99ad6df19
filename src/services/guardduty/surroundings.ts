import { isDue } from '#core/elapsed.ts'
import type { Reader, Scope } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { createListings, type EntityList, type Origin, type Surroundings } from '#engines/detect/index.ts'
import type { ListKeeper } from './lists/list-keeper.ts'
import { administratorScope, areRelated } from './members/relations.ts'

interface Parts {
  readonly read: Reader
  readonly world: Pick<World, 'nowMs'>
  readonly lists: Pick<ListKeeper, 'of'>
  /** Threats that are known to the world. */
  readonly known: readonly EntityList[]
  readonly origin: (address: string) => Origin
  readonly isOwn: (reader: Reader, scope: Scope, address: string) => boolean
}

type Listings = Pick<Surroundings, 'address' | 'domain'>

/** What became of lists and members is known after so long. Units: milliseconds. */
const freshMs = 500

/** What a detection is told beside records: lists of its account, of its administrator and of the world, its own addresses, where others belong. */
export function surroundingsOf({ read, world, lists, known, origin, isOwn }: Parts) {
  return (scope: Scope): Surroundings => {
    let current: (Listings & { readonly of: readonly (readonly EntityList[])[] }) | undefined
    let untilMs = -Infinity

    /** Made anew where lists are others than before. */
    function listings(): Listings {
      const nowMs = world.nowMs()
      if (current && !isDue(untilMs, nowMs, freshMs)) return current
      untilMs = nowMs + freshMs
      const administrator = administratorScope(read, scope)
      const of = [known, lists.of(scope), ...(administrator ? [lists.of(administrator)] : [])]
      if (current?.of.length !== of.length || of.some((one, at) => one !== current?.of[at]))
        current = { ...createListings(of.flat()), of }
      return current
    }

    return {
      address: (address) => listings().address(address),
      domain: (name) => listings().domain(name),
      origin,
      isOwn: (address) => isOwn(read, scope, address),
      isOwnAccount: (account) => account === scope.account || areRelated(read, scope, account),
    }
  }
}
