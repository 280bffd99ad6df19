import type { Anomaly, AnomalyObject } from '#models/guardduty.d.ts'
import type { Novelty, Place, PlaceNovelty } from './place.ts'

/** What of a call was compared with what is usual. */
export interface Compared {
  /** The call, or what was done to which bucket. */
  readonly behaviour: string
  /** How many other principals do it, of how many. */
  readonly others: number
  readonly principals: number
  readonly place: Place
  readonly novelty: PlaceNovelty
  readonly userAgent?: string | undefined
  /** Whether there is anything to compare with of the principal. */
  readonly isLearnt: boolean
}

type Subtype = NonNullable<AnomalyObject['ProfileSubtype']>
const infrequentShare = 0.1

/**
 * How a call compares with its principal's and its account's baselines: `Profiles` has all that was compared, `Unusual` what stood out.
 * Source: GuardDuty API Reference, Anomaly, AnomalyUnusual, AnomalyObject; GuardDuty User Guide, "Finding details", "Anomalous behavior".
 */
export function anomalyOf({
  behaviour,
  others,
  principals,
  place,
  novelty,
  userAgent,
  isLearnt,
}: Compared): Anomaly {
  const { network } = place
  const features: readonly (readonly [
    name: string,
    text: string | undefined,
    ofAccount: Subtype,
    ofPrincipal: Subtype,
  ])[] = [
    ['apiName', behaviour, frequency(others, principals), 'UNSEEN'],
    ['asnOrg', network?.name, ...subtypes(novelty.network)],
    ['userAgent', userAgent, ...subtypes(novelty.agent)],
  ]
  const known = features.filter(([, text]) => text !== undefined)
  const account = known.map(([name, text, subtype]) => [name, observed(subtype, text)] as const)
  const principal = known.map(([name, text, , subtype]) => [name, observed(subtype, text)] as const)
  return {
    Profiles: { account: lists(account), ...(isLearnt && { userIdentity: lists(principal) }) },
    Unusual: {
      Behavior: { account: unusual(account), ...(isLearnt && { userIdentity: unusual(principal) }) },
    },
  }
}

function frequency(others: number, principals: number): Subtype {
  if (others === 0) return 'UNSEEN'
  if (others === 1) return 'RARE'
  return others <= principals * infrequentShare ? 'INFREQUENT' : 'FREQUENT'
}

function subtypes(novelty: Novelty): readonly [Subtype, Subtype] {
  return [novelty === 2 ? 'UNSEEN' : 'FREQUENT', novelty === 0 ? 'FREQUENT' : 'UNSEEN']
}

function observed(ProfileSubtype: Subtype, text: string | undefined): AnomalyObject {
  return { ProfileType: 'FREQUENCY', ProfileSubtype, Observations: { Text: [text ?? ''] } }
}

type Observed = readonly (readonly [name: string, AnomalyObject])[]

function lists(all: Observed): Readonly<Record<string, readonly AnomalyObject[]>> {
  return Object.fromEntries(all.map(([name, one]) => [name, [one]]))
}

function unusual(all: Observed): Readonly<Record<string, AnomalyObject>> {
  return Object.fromEntries(all.filter(([, { ProfileSubtype }]) => ProfileSubtype !== 'FREQUENT'))
}
