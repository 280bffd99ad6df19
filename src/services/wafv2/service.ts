import { service, type Service } from '#core/service.ts'
import type { Wafv2Parts } from './declare.ts'
import * as apiKeys from './api-keys.ts'
import * as capacity from './check-capacity.ts'
import * as ipSets from './ip-sets.ts'
import * as permissionPolicies from './permission-policies.ts'
import * as regexPatternSets from './regex-pattern-sets.ts'
import * as ruleGroups from './rule-groups.ts'
import * as tags from './tags.ts'
import * as webACLs from './web-acls.ts'

/**
 * AWS WAF's control plane: web ACLs and what they are made of, compiled when they are saved.
 * Differs: what acts on traffic (associations, logging, sampled requests, counts of rate-based rules) is not implemented yet.
 */
export function createWafv2Service(parts: Wafv2Parts): Service {
  return service({
    model: 'wafv2',
    files: [apiKeys, capacity, ipSets, permissionPolicies, regexPatternSets, ruleGroups, tags, webACLs],
    parts,
  })
}
