import type { RemediationStep } from '../../signal.ts'
import { isolateMachine } from '../machine-remedies.ts'

/** What to do with a machine that asks for a name it should not. */
export const blockDomain: readonly RemediationStep[] = [
  {
    text: 'Stop {domain} from resolving: put it into a domain list that a rule of DNS Firewall blocks.',
    command:
      'aws route53resolver create-firewall-domain-list --creator-request-id {domain} --name blocked-domains',
  },
  ...isolateMachine,
]
