import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { isAboutAnother, newUserMs, targetUserEntity, targetUserOf } from './users.ts'

const forOther = 'Persistence:IAMUser/AccessKeyCreatedForOtherUser'
const forRoot = 'Persistence:IAMUser/RootAccessKeyCreated'

/**
 * A second way in: a key of a user that its maker is not, or of the root user.
 * State: when the user was made, since its first key is made by whoever makes it. Source: IAM API Reference, CreateAccessKey.
 */
export const accessKeys = detector({
  name: 'access-keys',
  source: 'cloudTrail',
  events: ['iam:CreateAccessKey', 'iam:CreateUser'],
  finds: {
    [forOther]: {
      severity: 5,
      title: 'An access key of {targetUser} was created by {userName}.',
      description: '{userName} created the access key {newKeyId} of another user, {targetUser}.',
      remediation: undo(
        'Deactivate the new key.',
        'aws iam update-access-key --user-name {targetUser} --access-key-id {newKeyId} --status Inactive',
      ),
    },
    [forRoot]: {
      severity: 8,
      title: 'An access key of the root user was created.',
      description: 'The root user of the account {accountId} created the access key {newKeyId} for itself.',
      remediation: undo(
        'Delete the key, signed in as the root user.',
        'aws iam delete-access-key --access-key-id {newKeyId}',
      ),
    },
  },
  remembers: { entityOf: targetUserEntity, fresh: () => ({ createdAtMs: 0 }) },
  see(record, { atMs, memory }) {
    if (!isDone(record)) return undefined
    if (record.eventName === 'CreateUser') {
      memory.createdAtMs = atMs
      return undefined
    }
    if (isOfRoot(record)) return apiCallSignal(record, { type: forRoot, values: newKey(record) })
    if (!isAboutAnother(record) || Math.abs(atMs - memory.createdAtMs) < newUserMs) return undefined
    const targetUser = targetUserOf(record) ?? ''
    const values = { ...newKey(record), targetUser }
    return apiCallSignal(record, { type: forOther, about: targetUser, values })
  },
})

function isOfRoot(record: CloudTrailRecord): boolean {
  return record.userIdentity?.type === 'Root' && targetUserOf(record) === undefined
}

function newKey({ responseElements }: CloudTrailRecord): Readonly<Record<string, string>> {
  const newKeyId = text(responseElements, 'accessKey', 'accessKeyId')
  return newKeyId === undefined ? {} : { newKeyId }
}
