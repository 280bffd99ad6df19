import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/OrganizationLeft'

/** An attempt tells of a mind that wants out of the organization's guardrails; nobody tries it by accident. */
const attempted = 4

/**
 * An account leaves its organization, and with it the guardrails, trails and detectors of the organization.
 * Source: Organizations API Reference, LeaveOrganization.
 */
export const organization = detector({
  name: 'organization',
  source: 'cloudTrail',
  events: ['organizations:LeaveOrganization'],
  finds: {
    [type]: {
      severity: 8,
      title: 'The account {accountId} tried to leave its organization.',
      description: '{userName} called LeaveOrganization in the account {accountId}.',
      remediation: [
        {
          text: 'If it left, invite it again, from the management account.',
          command: 'aws organizations invite-account-to-organization --target Id={accountId},Type=ACCOUNT',
        },
        ...undo('Deny organizations:LeaveOrganization in a service control policy of the organization.'),
      ],
    },
  },
  see: (record) => apiCallSignal(record, { type, severity: isDone(record) ? undefined : attempted }),
})
