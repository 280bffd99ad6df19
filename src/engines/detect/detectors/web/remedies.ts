import type { RemediationStep } from '../../signal.ts'

/** What to do about a client that attacks. */
export const blockClient: readonly RemediationStep[] = [
  {
    text: 'Block {remoteIp}: put it into an IP set that a rule of the web ACL blocks. Where there is such a set, update it.',
    command: 'aws wafv2 list-ip-sets --scope REGIONAL --region {region}',
  },
  {
    text: 'Where there is none, make one, and add a rule that blocks it.',
    command:
      'aws wafv2 create-ip-set --name blocked-clients --scope REGIONAL --ip-address-version {ipVersion} --addresses {remoteCidr} --region {region}',
  },
  {
    text: 'See which web ACL stands before {loadBalancer}.',
    command: 'aws wafv2 get-web-acl-for-resource --resource-arn {loadBalancerArn} --region {region}',
  },
]
