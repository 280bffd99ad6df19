import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import type { RemediationStep } from '../../signal.ts'
import { isByService } from '../call-detector.ts'
import { stopCredentials } from '../remedies.ts'
import { loginOf } from './console-logins.ts'

const usual = 'Policy:IAMUser/RootCredentialUsage'
const shortTerm = 'Policy:IAMUser/ShortTermRootCredentialUsage'

const look: readonly RemediationStep[] = [
  {
    text: 'See whether the root user has access keys and an MFA device, signed in as somebody who may.',
    command: 'aws iam get-account-summary',
  },
  ...stopCredentials,
]

/** The root user works, or whoever took its rights for a task. Source: GuardDuty User Guide, "GuardDuty IAM finding types". */
export const rootUsage = detector({
  name: 'root-usage',
  source: 'cloudTrail',
  finds: {
    [usual]: {
      severity: 2,
      title: 'The root user of the account {accountId} called {api}.',
      description:
        'Credentials of the root user were used for {api} of {service}. Nobody needs them for daily work.',
      remediation: look,
    },
    [shortTerm]: {
      severity: 2,
      title: 'A short-term root session of the account {accountId} called {api}.',
      description:
        'Credentials that AssumeRoot gave for the account {accountId} were used for {api} of {service}.',
      remediation: look,
    },
  },
  see(record) {
    if (record.userIdentity?.type !== 'Root' || isByService(record)) return undefined
    if (loginOf(record) === 'Failure') return undefined // Whoever failed has no credentials.
    const assumed = String(record.userIdentity.sessionContext?.assumedRoot) === 'true'
    return apiCallSignal(record, { type: assumed ? shortTerm : usual })
  },
})
