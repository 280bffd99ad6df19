/**
 * WAFv2's quotas, one row each, at AWS's defaults; those of a kind of entity are for each account, Region and scope.
 * Source: AWS WAF Developer Guide, "AWS WAF quotas"; what a web ACL's language limits is in engines/waf.
 * Differs: AWS publishes no number for `apiKeys`.
 */
export const quotas = {
  ipSets: 100,
  regexPatternSets: 10,
  ruleGroups: 100,
  webACLs: 100,
  apiKeys: 100,

  addressesPerSet: 10_000,
  patternsPerSet: 10,
  /** References of a web ACL or a rule group to sets and groups. */
  references: 50,
  rateRulesPerGroup: 4,
  ruleGroupCapacity: 5_000,
  tokenDomainsPerACL: 10,
  tokenDomainsPerKey: 5,
  tagsPerResource: 50,
  logDestinations: 1,
  associationsPerACL: 100,
} as const satisfies Record<string, number>
