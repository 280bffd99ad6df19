import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { isWithoutMfa, loginOf } from './console-logins.ts'

const type = 'InitialAccess:IAMUser/ConsoleLoginWithoutMFA'

const severities = { user: 3, root: 6 } as const

/** A password alone opened the console. Source: CIS AWS Foundations Benchmark, monitoring of console logins without MFA. */
export const consoleLoginMfa = callDetector({
  name: 'console-login-mfa',
  events: ['signin:ConsoleLogin'],
  finds: {
    [type]: {
      severity: severities.user,
      title: '{userName} signed in to the console without MFA.',
      description: '{userName} signed in to the console from {remoteIp} by a password alone.',
      remediation: undo(
        'See that the user has no MFA device, and let them set one up.',
        'aws iam list-mfa-devices --user-name {iamUser}',
      ),
    },
  },
  see(record) {
    if (loginOf(record) !== 'Success' || !isWithoutMfa(record)) return undefined
    return { type, severity: record.userIdentity?.type === 'Root' ? severities.root : severities.user }
  },
})
