import { items } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/SecurityServiceDisabled'

/** A service that watches an account is switched off. Source: API References of Security Hub, Macie, Inspector, IAM Access Analyzer. */
export const securityServices = callDetector({
  name: 'security-services',
  events: [
    ...['securityhub:DisableSecurityHub', 'securityhub:DisableSecurityHubV2'],
    ...['securityhub:BatchDisableStandards', 'securityhub:DisassociateFromAdministratorAccount'],
    ...['macie2:DisableMacie', 'inspector2:Disable', 'access-analyzer:DeleteAnalyzer'],
    ...['detective:DeleteGraph'],
  ],
  finds: {
    [type]: {
      severity: 6,
      title: 'A security service was switched off by {api}.',
      description: '{userName} called {api} of {service}.',
      remediation: [
        {
          text: 'If it was Security Hub, enable it again.',
          command: 'aws securityhub enable-security-hub --region {region}',
        },
        ...undo('Enable any other service again, with the accounts and standards that it had.'),
      ],
    },
  },
  see({ eventName, eventSource, requestParameters }) {
    const standards = items(requestParameters, 'standardsSubscriptionArns')
    if (eventName === 'BatchDisableStandards' && standards.length === 0) return undefined
    return { type, about: eventSource }
  },
})
