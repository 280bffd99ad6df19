import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { trailEntity, trailNameOf } from './trails.ts'

const weakened = 'DefenseEvasion:IAMUser/TrailWeakened'
const redirected = 'DefenseEvasion:IAMUser/TrailRedirected'

/** What was known of a trail before. */
interface Trail {
  bucket?: string
  off?: string[]
}

/** What a trail can be told to leave: other regions, global services, digests. Source: CloudTrail API Reference, UpdateTrail. */
const switches = ['isMultiRegionTrail', 'includeGlobalServiceEvents', 'enableLogFileValidation'] as const

/**
 * A trail still runs, but sees less, or delivers to where its owner does not look.
 * State: what the last call said of the trail, so that saying it again is no change.
 */
export const trailSettings = detector({
  name: 'trail-settings',
  source: 'cloudTrail',
  events: ['cloudtrail:CreateTrail', 'cloudtrail:UpdateTrail'],
  finds: {
    [weakened]: {
      severity: 5,
      title: 'The trail {trail} was weakened.',
      description: '{userName} switched off {settings} of the trail {trail}.',
      remediation: undo(
        'Record all regions and global services again, with log file validation.',
        'aws cloudtrail update-trail --name {trail} --is-multi-region-trail --include-global-service-events --enable-log-file-validation --region {region}',
      ),
    },
    [redirected]: {
      severity: 5,
      title: 'The trail {trail} delivers to another bucket.',
      description: '{userName} let the trail {trail} deliver to the bucket {bucket}.',
      remediation: [
        {
          text: 'Let it deliver to its former bucket again.',
          command:
            'aws cloudtrail update-trail --name {trail} --s3-bucket-name {formerBucket} --region {region}',
        },
        ...undo('See where it delivers to now.', 'aws cloudtrail get-trail --name {trail} --region {region}'),
      ],
    },
  },
  remembers: { entityOf: trailEntity, fresh: (): Trail => ({}) },
  see(record, { memory }) {
    if (!isDone(record)) return undefined
    const { off = [], bucket: formerBucket } = memory
    const nowOff = switches.filter((name) => value(record.requestParameters, name) === false)
    const fresh = nowOff.filter((name) => !off.includes(name))
    const bucket = text(record.requestParameters, 's3BucketName')
    remember(memory, record)
    if (record.eventName === 'CreateTrail') return undefined
    const trail = trailNameOf(record)
    const values = { trail, settings: fresh.join(', '), ...(formerBucket && { formerBucket }) }
    const moved = bucket !== undefined && isMove(record, bucket, formerBucket)
    return [
      ...(fresh.length > 0 ? [apiCallSignal(record, { type: weakened, about: trail, values })] : []),
      ...(moved
        ? [apiCallSignal(record, { type: redirected, about: trail, values: { ...values, bucket } })]
        : []),
    ]
  },
})

function remember(memory: Trail, { requestParameters, eventName }: CloudTrailRecord): void {
  const bucket = text(requestParameters, 's3BucketName')
  if (bucket !== undefined) memory.bucket = bucket
  const off = switches.filter((name) => {
    const said = value(requestParameters, name)
    if (said === undefined)
      return eventName === 'CreateTrail' ? name !== 'includeGlobalServiceEvents' : memory.off?.includes(name)
    return said === false
  })
  memory.off = [...off]
}

/** Where the former bucket is unknown: a call about the bucket alone moves it, one that says everything may say what was. */
function isMove(
  { requestParameters }: CloudTrailRecord,
  bucket: string,
  former: string | undefined,
): boolean {
  if (former !== undefined) return bucket !== former
  return switches.every((name) => value(requestParameters, name) === undefined)
}
