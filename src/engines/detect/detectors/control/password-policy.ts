import { detector } from '../../detector.ts'
import { accountOf, apiCallSignal } from '../../findings/api-call.ts'
import { value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Stealth:IAMUser/PasswordPolicyChange'

const classes = [
  'requireSymbols',
  'requireNumbers',
  'requireUppercaseCharacters',
  'requireLowercaseCharacters',
]

/** Source: CIS AWS Foundations Benchmark, "Ensure IAM password policy requires minimum length of 14 or greater". */
const lengthAdvised = 14
/** IAM's default, where nobody set a policy. Source: IAM User Guide, "Setting an account password policy". */
const lengthDefault = 8

/** By points of strength, of 6, that were lost. */
const severities = { slight: 2, more: 5, nearlyAll: 8 } as const

/**
 * An account's password policy was weakened or deleted.
 * State: how strong the last one was; against an unknown one, the strongest is assumed.
 * Source: GuardDuty User Guide, "GuardDuty IAM finding types": its severity is low, medium or high by the change.
 */
export const passwordPolicy = detector({
  name: 'password-policy',
  source: 'cloudTrail',
  events: ['iam:UpdateAccountPasswordPolicy', 'iam:DeleteAccountPasswordPolicy'],
  finds: {
    [type]: {
      severity: severities.slight,
      title: 'The password policy of the account {accountId} was weakened.',
      description: '{userName} called {api} in the account {accountId}.',
      remediation: undo(
        'Ask for strong passwords again.',
        'aws iam update-account-password-policy --minimum-password-length 14 --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters --password-reuse-prevention 24 --allow-users-to-change-password',
      ),
    },
  },
  remembers: { entityOf: accountOf, fresh: () => ({ strength: 6 }) },
  see(record, { memory }) {
    if (!isDone(record)) return undefined
    const strength = record.eventName === 'DeleteAccountPasswordPolicy' ? 0 : strengthOf(record)
    const lost = memory.strength - strength
    memory.strength = strength
    return lost > 0 ? apiCallSignal(record, { type, severity: severityOf(lost) }) : undefined
  },
})

/** A point for each class of characters, for a length above IAM's default, and for the length advised. */
function strengthOf({ requestParameters }: CloudTrailRecord): number {
  const length = Number(value(requestParameters, 'minimumPasswordLength') ?? 6)
  return (
    classes.filter((name) => value(requestParameters, name) === true).length +
    (length >= lengthDefault ? 1 : 0) +
    (length >= lengthAdvised ? 1 : 0)
  )
}

function severityOf(lost: number): number {
  if (lost <= 2) return severities.slight
  return lost <= 4 ? severities.more : severities.nearlyAll
}
