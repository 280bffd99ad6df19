import { apiCallSignal } from '../../findings/api-call.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import { noteIn } from '../../memory/recent-set.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { anomalyOf } from './anomaly.ts'
import { type Place, placeNovelty, type PlaceNovelty } from './place.ts'
import {
  accountHasLearnt,
  hasLearnt,
  hourMs,
  isNewTo,
  learnUse,
  type PeersProfile,
  principalsOf,
  type Profile,
  usersOf,
} from './profile.ts'
import type { SensitiveApi } from './sensitive-api.ts'

/** What is at hand when a call is judged. */
export interface Scene {
  readonly record: CloudTrailRecord
  readonly atMs: number
  readonly hour: number
  readonly place: Place
  readonly profile: Profile
  readonly peers: PeersProfile
}

/** A call is rare among the peers when at most this share of them makes it: a handful of administrators in an organization. */
export const peersShareMax = 0.1
/** In a small account one other caller is still few. */
export const peersFew = 1
/** A task has a few new calls; somebody who looks around, or a script, many at once. */
const [burstFrom, burstLarge] = [4, 8]
/** A mistyped command is refused once or twice, tried again; trying out what credentials may do goes on and on. */
const [refusedFrom, refusedMany] = [3, 10]
/** Programs make few different sensitive calls, and a release changes one or two of them: more at once are another's hand. */
const [narrowApisMax, narrowBurst, narrowWeight] = [8, 5, 4]
/** From a new place: a new network that the account does not know, with another tool; a known network needs more. */
const scoreFromNewPlace = 3
/** From the usual place with the usual tool, where an administrator's new work and a new deployment come to three; and where it was refused. */
const scoreFromUsualPlace = 4

/**
 * A sensitive call that the principal never makes, which few of its peers make either, in circumstances that are unusual too: from another
 * network, with another tool, one of many, some of them refused. Less than that from a new place counts in sequences.
 * Source: GuardDuty User Guide, "GuardDuty IAM finding types", AnomalousBehavior: what its model looks at.
 */
export function judgeApi(api: SensitiveApi, scene: Scene): Signal | undefined {
  const { record, atMs, hour, profile, peers } = scene
  const refused = record.errorCode !== undefined
  const refusals = refused
    ? addTo((profile.refused ??= noCount()), atMs, hourMs)
    : (profile.refused?.amount ?? 0)
  const isNew = isNewTo(profile, api.id, hour)
  if (!refused && learnUse(profile, peers, hour, api.id)) profile.apis += 1
  if (!isNew || !accountHasLearnt(peers)) return undefined
  const burst = noteIn((profile.burst ??= []), api.id, { atMs, windowMs: hourMs, max: 2 * burstLarge })

  const others = Math.max(usersOf(peers, api.id) - (refused ? 0 : 1), 0)
  const isRare = others <= Math.max(peersFew, principalsOf(peers) * peersShareMax)
  const isNarrow = hasLearnt(profile) && profile.apis - burst <= narrowApisMax && burst >= narrowBurst
  if (!isRare && !isNarrow) return undefined
  const novelty = placeNovelty(scene.place, profile, peers, hour)
  const placed = novelty.network + novelty.agent
  const score =
    placed +
    steps(burst, burstFrom, burstLarge) +
    steps(refusals, refusedFrom, refusedMany) +
    (isNarrow ? narrowWeight : 0)
  const enough = score >= (placed > 0 && !refused ? scoreFromNewPlace : scoreFromUsualPlace)
  if (!enough && placed === 0) return undefined
  return signalOf(api, scene, { novelty, others, burst, weak: !enough })
}

/** Nothing, some, many. */
function steps(amount: number, some: number, many: number): 0 | 1 | 2 {
  if (amount >= many) return 2
  return amount >= some ? 1 : 0
}

function signalOf(
  api: SensitiveApi,
  { record, place, profile, peers }: Scene,
  found: {
    readonly novelty: PlaceNovelty
    readonly others: number
    readonly burst: number
    readonly weak: boolean
  },
): Signal {
  return apiCallSignal(record, {
    type: `${api.tactic}:IAMUser/AnomalousBehavior`,
    anomaly: anomalyOf({
      ...{ behaviour: api.name, others: found.others, principals: principalsOf(peers) },
      ...{ place, novelty: found.novelty, userAgent: record.userAgent, isLearnt: hasLearnt(profile) },
    }),
    additionalInfo: {
      anomalies: { anomalousAPIs: `${api.name}:${record.errorCode ?? 'success'}` },
      newApisWithinAnHour: found.burst,
    },
    ...(found.weak && { weak: true }),
  })
}
