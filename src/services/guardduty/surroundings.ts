import type { Reader, Scope } from '#core/store/index.ts'
import { type Listing, type Origin, type Surroundings, unknownSurroundings } from '#engines/detect/index.ts'
import type { ListKeeper } from './lists/list-keeper.ts'

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
    return {
      address: (address) =>
        own.trusts(address) ? nothing : joined(own.address(address), known.address(address)),
      domain: (name) => (own.trustsDomain(name) ? nothing : joined(own.domain(name), known.domain(name))),
      origin,
      isOwn: (address) => isOwn(read, scope, address),
      isOwnAccount: (account) => account === scope.account,
    }
  }
}

function joined(one: readonly Listing[], other: readonly Listing[]): readonly Listing[] {
  return one.length === 0 ? other : [...one, ...other]
}
