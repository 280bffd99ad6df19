import type { Reader, Scope } from '#core/store/index.ts'
import { type Listing, type Origin, type Surroundings, unknownSurroundings } from '#engines/detect/index.ts'
import type { ListKeeper, ListsInForce } from './lists/list-keeper.ts'
import { administratorScope, areRelated } from './members/relations.ts'

interface Parts {
  readonly read: Reader
  readonly lists: Pick<ListKeeper, 'of'>
  /** What everybody's lists say: threats that are known to the world. */
  readonly known?: Pick<Surroundings, 'address' | 'domain'> | undefined
  readonly origin: (address: string) => Origin
  readonly isOwn: (reader: Reader, scope: Scope, address: string) => boolean
}

const nothing: readonly Listing[] = []

/** What a detection is told beside records: lists of its account and of the world, its own addresses, where others belong. */
export function surroundingsOf({ read, lists, known = unknownSurroundings, origin, isOwn }: Parts) {
  return (scope: Scope): Surroundings => {
    const own = lists.of(scope)
    // Looked up each time: accounts come and go.
    const ofAdministrator = (): ListsInForce | undefined => {
      const administrator = administratorScope(read, scope)
      return administrator && lists.of(administrator)
    }
    return {
      address: (address) => {
        const above = ofAdministrator()
        if (own.trusts(address) || above?.trusts(address)) return nothing
        return joined(own.address(address), above?.address(address) ?? nothing, known.address(address))
      },
      domain: (name) => {
        const above = ofAdministrator()
        if (own.trustsDomain(name) || above?.trustsDomain(name)) return nothing
        return joined(own.domain(name), above?.domain(name) ?? nothing, known.domain(name))
      },
      origin,
      isOwn: (address) => isOwn(read, scope, address),
      isOwnAccount: (account) => account === scope.account || areRelated(read, scope, account),
    }
  }
}

function joined(...all: readonly (readonly Listing[])[]): readonly Listing[] {
  const some = all.filter(({ length }) => length > 0)
  return some.length < 2 ? (some[0] ?? nothing) : some.flat()
}
