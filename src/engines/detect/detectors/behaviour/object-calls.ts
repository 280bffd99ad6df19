import { apiCallSignal } from '../../findings/api-call.ts'
import { eventNameOf } from '../../events.ts'
import { fingerprint } from '../../memory/fingerprint.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { anomalyOf } from './anomaly.ts'
import { peersFew, peersShareMax, type Scene } from './api-calls.ts'
import { placeNovelty } from './place.ts'
import { accountHasLearnt, hasLearnt, isNewTo, learnUse, principalsOf, usersOf } from './profile.ts'
import { volumeOf } from './volume.ts'

const kinds = ['Discovery', 'Exfiltration', 'Delete', 'Permission', 'Write'] as const
export type ObjectKind = (typeof kinds)[number]

/** Source: GuardDuty User Guide, "GuardDuty S3 Protection finding types", AnomalousBehavior. */
export const objectTypes: Readonly<Record<ObjectKind, string>> = {
  Discovery: 'Discovery:S3/AnomalousBehavior',
  Exfiltration: 'Exfiltration:S3/AnomalousBehavior',
  Delete: 'Impact:S3/AnomalousBehavior.Delete',
  Permission: 'Impact:S3/AnomalousBehavior.Permission',
  Write: 'Impact:S3/AnomalousBehavior.Write',
}

/** S3's data events by what they do to objects. Source: S3 User Guide, "Amazon S3 CloudTrail events", object-level actions. */
const kindOfEvent = new Map<string, ObjectKind>(
  Object.entries({
    ...{ ListObjects: 'Discovery', ListObjectsV2: 'Discovery', ListObjectVersions: 'Discovery' },
    ...{ GetObjectAcl: 'Discovery', GetObjectTagging: 'Discovery', ListMultipartUploads: 'Discovery' },
    ...{ GetObject: 'Exfiltration', CopyObject: 'Exfiltration', SelectObjectContent: 'Exfiltration' },
    ...{ GetObjectTorrent: 'Exfiltration', RestoreObject: 'Exfiltration' },
    ...{ DeleteObject: 'Delete', DeleteObjects: 'Delete', DeleteObjectVersion: 'Delete' },
    ...{ PutObjectAcl: 'Permission' },
    ...{ PutObject: 'Write', UploadPart: 'Write', CompleteMultipartUpload: 'Write' },
  } as const),
)
/** One record of a request that deletes up to a thousand objects: it does not say how many. */
const objectsOfBatch = 100

/** What a call does to objects of S3; undefined for every other call. */
export function objectKindOf(record: CloudTrailRecord): ObjectKind | undefined {
  const kind = record.eventSource === 's3.amazonaws.com' ? kindOfEvent.get(eventNameOf(record)) : undefined
  // A copy over what is there, under a key that only the caller has, takes the data away.
  return kind === 'Exfiltration' && hasCustomerKey(record) ? 'Write' : kind
}

const customerKey = 'x-amz-server-side-encryption-customer-algorithm'
function hasCustomerKey({ eventName, requestParameters }: CloudTrailRecord): boolean {
  return eventName === 'CopyObject' && text(requestParameters, customerKey) !== undefined
}

const habitSalt = 4
const habitWeight = 2
const volumeWeight = 2
/**
 * A new network, and other things that are unusual; or deleting in bulk what one never deleted from. Another tool alone is nothing: people try out
 * programs for their files.
 */
const scoreFrom = 4

/**
 * Work on objects that a principal does not do, from where it does not do it, or in masses that it does not do it in.
 * Source: GuardDuty User Guide, "GuardDuty S3 Protection finding types".
 */
export function judgeObjects(kind: ObjectKind, scene: Scene): Signal | undefined {
  const { record, hour, profile, peers, place } = scene
  if (record.errorCode !== undefined) return undefined // Nothing was read or changed.
  const bucket = text(record.requestParameters, 'bucketName') ?? ''
  const own = record.eventName === 'CopyObject' && kind === 'Write' ? `${kind} with own key` : kind
  const habit = fingerprint(`${own} ${bucket}`, habitSalt)
  const amount = record.eventName === 'DeleteObjects' ? objectsOfBatch : 1
  const isMuch = volumeOf((profile.objects ??= []), kinds.indexOf(kind), hour, amount)
  const isNew = isNewTo(profile, habit, hour)
  learnUse(profile, peers, hour, habit)
  if ((!isNew && !isMuch) || !accountHasLearnt(peers)) return undefined

  const others = Math.max(usersOf(peers, habit) - 1, 0)
  const isRare = others <= Math.max(peersFew, principalsOf(peers) * peersShareMax)
  const isLearnt = hasLearnt(profile)
  const novelty = placeNovelty(place, profile, peers, hour)
  const placed = novelty.network + novelty.agent
  const habitual = isNew && isRare && isLearnt ? habitWeight : 0
  const massive = isMuch && (isLearnt || novelty.network === 2) ? volumeWeight : 0
  if (placed + habitual + massive < scoreFrom || (novelty.network === 0 && kind !== 'Delete'))
    return undefined
  return signalOf(
    kind,
    bucket,
    scene,
    anomalyOf({
      ...{ behaviour: `${record.eventName} in ${bucket}`, others, principals: principalsOf(peers) },
      ...{ place, novelty, userAgent: record.userAgent, isLearnt },
    }),
  )
}

function signalOf(kind: ObjectKind, bucket: string, { record }: Scene, anomaly: Signal['anomaly']): Signal {
  const signal = apiCallSignal(record, {
    type: objectTypes[kind],
    about: bucket,
    values: { bucket },
    anomaly,
  })
  const details = { Name: bucket, Arn: `arn:aws:s3:::${bucket}`, Type: 'Destination' }
  return { ...signal, resource: { ...signal.resource, ResourceType: 'S3Bucket', S3BucketDetails: [details] } }
}
