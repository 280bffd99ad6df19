import type { CloudTrailRecord } from '../../records.ts'
import type { Surroundings } from '../../surroundings.ts'
import { agentId } from './agent.ts'
import { type Network, networkOf } from './network.ts'
import { hasLearnt, isNewTo, type PeersProfile, type Profile } from './profile.ts'

/** From where and with what a call came. */
export interface Place {
  /** Absent where a service made the call: that is nowhere. */
  readonly network: Network | undefined
  /** Zero where there is none. */
  readonly networkId: number
  readonly agentId: number
}

/** What a service does on somebody's behalf comes from its own address, by its own agent: from nowhere. */
export function placeOf(
  { userIdentity, sourceIPAddress, userAgent }: CloudTrailRecord,
  surroundings: Surroundings,
): Place {
  const isService = userIdentity?.invokedBy !== undefined || sourceIPAddress === undefined
  const network = isService ? undefined : networkOf(sourceIPAddress, surroundings)
  if (network === undefined) return nowhere
  return { network, networkId: network.id, agentId: userAgent === undefined ? 0 : agentId(userAgent) }
}

const nowhere: Place = { network: undefined, networkId: 0, agentId: 0 }

/** How new something is: nothing, to the principal, to the account as well. */
export type Novelty = 0 | 1 | 2

export interface PlaceNovelty {
  readonly network: Novelty
  readonly agent: Novelty
}

/** How new a call's network and agent are. What there is none of is not new. */
export function placeNovelty(
  place: Place,
  profile: Profile,
  peers: PeersProfile,
  hour: number,
): PlaceNovelty {
  const novelty = (item: number): Novelty => {
    if (item === 0) return 0
    if (isNewTo(peers, item, hour)) return 2
    // Everything is new to a new principal: that says nothing.
    return hasLearnt(profile) && isNewTo(profile, item, hour) ? 1 : 0
  }
  return { network: novelty(place.networkId), agent: novelty(place.agentId) }
}
