import { detector } from '../../detector.ts'
import { accountOf, principalOf } from '../../findings/api-call.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { judgeApi } from './api-calls.ts'
import { judgeObjects, objectKindOf } from './object-calls.ts'
import { placeOf } from './place.ts'
import { freshPeers, freshProfile, hourMs, learn } from './profile.ts'
import { sensitiveApiOf } from './sensitive-api.ts'
import { behaviourFacts } from './texts.ts'

function entityOf(record: CloudTrailRecord): string | undefined {
  const { userIdentity } = record
  if (userIdentity === undefined || userIdentity.type === 'AWSService') return undefined
  return principalOf(record)
}

/**
 * Learns what each principal and each account usually does, from where and with what, and finds calls that are out of the ordinary in several
 * ways at once. Nothing is unusual before there is something to compare with.
 * Source: GuardDuty User Guide, "GuardDuty IAM finding types" and "GuardDuty S3 Protection finding types", AnomalousBehavior.
 */
export const anomalousBehaviour = detector({
  name: 'anomalous-behaviour',
  source: 'cloudTrail',
  finds: behaviourFacts,
  remembers: {
    entityOf,
    fresh: freshProfile,
    peers: { entityOf: accountOf, fresh: freshPeers },
  },
  see(record, { atMs, memory: profile, peers, surroundings }) {
    if (!Number.isFinite(atMs)) return undefined
    const hour = Math.floor(atMs / hourMs)
    const place = placeOf(record, surroundings)
    learn(profile, peers, hour, place)
    const scene = { record, atMs, hour, place, profile, peers }
    const kind = objectKindOf(record)
    if (kind !== undefined) return judgeObjects(kind, scene)
    const api = sensitiveApiOf(record)
    return api === undefined ? undefined : judgeApi(api, scene)
  },
})
