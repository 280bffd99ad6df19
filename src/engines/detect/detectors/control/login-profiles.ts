import { detector } from '../../detector.ts'
import { value } from '../../reading/values.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { isAboutAnother, newUserMs, targetUserEntity, targetUserOf } from './users.ts'

const created = 'Persistence:IAMUser/LoginProfileCreatedForOtherUser'
const updated = 'PrivilegeEscalation:IAMUser/PasswordChangedForOtherUser'

/**
 * A password for a user that its setter is not: a user of programs comes into the console, or another's rights are taken over.
 * Where the user must set another one at once it is help, as a rule: that counts in sequences only.
 * State: when the user was made. Source: IAM API Reference, CreateLoginProfile, UpdateLoginProfile.
 */
export const loginProfiles = detector({
  name: 'login-profiles',
  source: 'cloudTrail',
  events: ['iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:CreateUser'],
  finds: {
    [created]: {
      severity: 5,
      title: '{targetUser} was given a password by {userName}.',
      description: '{userName} created a login profile of {targetUser}, a user that had none.',
      remediation: undo('Take the password away.', 'aws iam delete-login-profile --user-name {targetUser}'),
    },
    [updated]: {
      severity: 5,
      title: 'The password of {targetUser} was changed by {userName}.',
      description: '{userName} changed the password of another user, {targetUser}.',
      remediation: undo(
        'Take the password away, and give the user a new one.',
        'aws iam delete-login-profile --user-name {targetUser}',
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
    if (!isAboutAnother(record) || Math.abs(atMs - memory.createdAtMs) < newUserMs) return undefined
    const type = record.eventName === 'CreateLoginProfile' ? created : updated
    const targetUser = targetUserOf(record) ?? ''
    const isHelp = value(record.requestParameters, 'passwordResetRequired') === true
    return apiCallSignal(record, {
      type,
      about: targetUser,
      values: { targetUser },
      ...(isHelp && { weak: true }),
    })
  },
})
