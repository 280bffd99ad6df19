import { service, type Service } from '#core/service.ts'
import type { Wafv2Parts } from './declare.ts'
import * as apiKeys from './api-keys.ts'
import * as associations from './associations.ts'
import * as capacity from './check-capacity.ts'
import * as firewallManager from './firewall-manager.ts'
import * as ipSets from './ip-sets.ts'
import * as logging from './logging.ts'
import * as managedGroups from './managed-groups.ts'
import * as managedSets from './managed-sets.ts'
import * as mobileSdk from './mobile-sdk.ts'
import * as permissionPolicies from './permission-policies.ts'
import * as rateBasedKeys from './rate-based-keys.ts'
import * as regexPatternSets from './regex-pattern-sets.ts'
import * as revenue from './revenue.ts'
import * as ruleGroups from './rule-groups.ts'
import * as sampledRequests from './sampled-requests.ts'
import * as tags from './tags.ts'
import * as topPaths from './top-paths.ts'
import * as webACLs from './web-acls.ts'

/** AWS WAF's control plane: web ACLs and what they are made of, compiled when they are saved; the edge puts them before traffic. */
export function createWafv2Service(parts: Wafv2Parts): Service {
  return service({
    model: 'wafv2',
    files: [
      apiKeys,
      associations,
      capacity,
      firewallManager,
      ipSets,
      logging,
      managedGroups,
      managedSets,
      mobileSdk,
      permissionPolicies,
      rateBasedKeys,
      regexPatternSets,
      revenue,
      ruleGroups,
      sampledRequests,
      tags,
      topPaths,
      webACLs,
    ],
    parts,
  })
}
