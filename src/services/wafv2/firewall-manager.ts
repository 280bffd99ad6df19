import { wafv2 } from './declare.ts'
import { findByArn, webACL } from './entities.ts'
import { faults } from './faults.ts'

/**
 * Deletes the rule groups that AWS Firewall Manager put into a web ACL. Faults: WAFOptimisticLockException;
 * WAFInvalidOperationException, else: there is no Firewall Manager here, so no web ACL has such groups.
 */
export const DeleteFirewallManagerRuleGroups = wafv2('DeleteFirewallManagerRuleGroups', {
  target: ({ WebACLArn }, call) => findByArn(call, [webACL], WebACLArn),
  access: (acl) => [{ action: 'wafv2:DeleteFirewallManagerRuleGroups', resource: acl }],
  run({ target, input }) {
    if (target.lockToken !== input.WebACLLockToken) throw faults.stale()
    throw faults.notManaged()
  },
})
