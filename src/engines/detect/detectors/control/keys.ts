import { burstDetector, noItems } from '../burst-detector.ts'
import { callDetector, isDone } from '../call-detector.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { undo } from '../remedies.ts'

const scheduled = 'Impact:KMS/KeyDeletionScheduled'

/** A key that is deleted takes with it all that it encrypted. Source: KMS Developer Guide, "Delete an AWS KMS key". */
export const keyDeletion = callDetector({
  name: 'key-deletion',
  events: ['kms:ScheduleKeyDeletion'],
  finds: {
    [scheduled]: {
      severity: 5,
      title: 'The key {key} will be deleted.',
      description:
        '{userName} scheduled the deletion of the key {key}: what it encrypted will be lost with it.',
      remediation: [
        {
          text: 'Cancel the deletion.',
          command: 'aws kms cancel-key-deletion --key-id {key} --region {region}',
        },
        ...undo('Then enable the key again.', 'aws kms enable-key --key-id {key} --region {region}'),
      ],
    },
  },
  see(record) {
    const key = keyOf(record)
    return { type: scheduled, about: key, values: { key } }
  },
})

/** One key is housekeeping; three within an hour leave data without a key. */
const keysMany = 3

/** Several keys are made unusable within a short time: what they encrypted is out of reach. */
export const keysUnusable = burstDetector({
  name: 'keys-unusable',
  events: ['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:DeleteImportedKeyMaterial'],
  type: 'Impact:KMS/KeysMadeUnusable',
  facts: {
    severity: 8,
    title: 'Keys were made unusable in bulk.',
    description: '{userName} made {count} and more keys unusable within an hour, {key} among them.',
    remediation: [
      {
        text: 'Enable each key again.',
        command: 'aws kms enable-key --key-id {key} --region {region}',
      },
      ...undo(
        'If its deletion is scheduled, cancel that.',
        'aws kms cancel-key-deletion --key-id {key} --region {region}',
      ),
    ],
  },
  ...{ many: keysMany, windowMs: 3_600_000 },
  itemsOf: (record) => (isDone(record) ? [keyOf(record)] : noItems),
  saidOf: (record) => ({ values: { key: keyOf(record) } }),
})

/** Its id, however it is named. */
function keyOf({ requestParameters }: CloudTrailRecord): string {
  const key = text(requestParameters, 'keyId') ?? ''
  return key.slice(key.lastIndexOf('/') + 1)
}
