import { detector } from '../../detector.ts'
import { apiCallSignal, principalOf } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Impact:S3/RansomNote'

/** The note is left when the work is done. */
const windowMs = 3_600_000

/** What notes are called: short texts that shout. */
const noteName =
  /(?:ransom|decrypt|files?[-_ ]?(?:were |are )?(?:deleted|encrypted|locked)|how[-_ ]?to[-_ ]?(?:recover|restore|decrypt)|recover[-_ ]?(?:your|my)?[-_ ]?(?:files|data)|restore[-_ ]?(?:your|my)[-_ ]?(?:files|data)|read[-_ ]?me[-_ ]?(?:now|to|for)|warning)[^/]*$/i
const keyMax = 1024

/**
 * Objects were deleted, and a note says what to pay.
 * State: when somebody last deleted from the bucket. Source: S3 API Reference, DeleteObjects; AWS Security Blog on ransomware in S3.
 */
export const ransomNotes = detector({
  name: 'ransom-notes',
  source: 'cloudTrail',
  events: ['s3:DeleteObjects', 's3:DeleteObject', 's3:CopyObject', 's3:PutObject'],
  finds: {
    [type]: {
      severity: 9,
      title: 'A ransom note was left in the bucket {bucket}.',
      description: '{userName} put {object} into the bucket {bucket}, after deleting or overwriting objects.',
      remediation: undo(
        'See whether versions are left, and bring them back by deleting the delete markers.',
        'aws s3api list-object-versions --bucket {bucket} --max-items 20',
      ),
    },
  },
  remembers: { entityOf: bucketEntity, fresh: () => ({ destroyedAtMs: 0 }) },
  see(record, { atMs, memory }) {
    if (!isDone(record)) return undefined
    if (record.eventName !== 'PutObject') {
      memory.destroyedAtMs = Math.max(memory.destroyedAtMs, atMs)
      return undefined
    }
    if (Math.abs(atMs - memory.destroyedAtMs) > windowMs) return undefined
    const bucket = text(record.requestParameters, 'bucketName') ?? ''
    const object = text(record.requestParameters, 'key') ?? ''
    const values = { bucket, object }
    return apiCallSignal(record, { type, about: bucket, values, resource: bucketResource(record, bucket) })
  },
})

/** Of what is put only what looks like a note: of all else nothing is remembered. */
function bucketEntity(record: CloudTrailRecord): string | undefined {
  const { requestParameters, eventName } = record
  const key = text(requestParameters, 'key') ?? ''
  if (eventName === 'PutObject' && !isNote(key)) return undefined
  return `${principalOf(record)} ${text(requestParameters, 'bucketName') ?? ''}`
}

/** Most objects are none by their ending: the rest is looked at only then. */
function isNote(key: string): boolean {
  const isText = key.endsWith('.txt') || key.endsWith('.html') || key.endsWith('.md')
  return isText && key.length <= keyMax && noteName.test(key)
}
