import { remoteAddress } from '../../findings/api-call.ts'
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

export function placeOf(record: CloudTrailRecord, surroundings: Surroundings): Place {
  const address = isService(record) ? undefined : remoteAddress(record)
  const network = address === undefined ? undefined : networkOf(address, surroundings)
  const agent = address === undefined ? undefined : record.userAgent
  return { network, networkId: network?.id ?? 0, agentId: agent === undefined ? 0 : agentId(agent) }
}

/** What a service does on somebody's behalf comes from its own address, by its own agent. */
function isService({ userIdentity, sourceIPAddress = '' }: CloudTrailRecord): boolean {
  return userIdentity?.invokedBy !== undefined || sourceIPAddress.endsWith('.amazonaws.com')
}

/** How new something is: nothing, to the principal, to the account as well. */
export type Novelty = 0 | 1 | 2

export interface PlaceNovelty {
  readonly network: Novelty
  readonly agent: Novelty
}

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
