/**
 * EC2's quotas, one row each, at AWS's defaults, for an account in a region.
 * Source: VPC User Guide, "Amazon VPC quotas"; EC2 User Guide, "Tag your Amazon EC2 resources", restrictions.
 */
export const quotas = {
  vpcs: 5,
  subnetsPerVpc: 200,
  securityGroups: 2_500,
  /** For each direction, and for IPv4 and IPv6 apart. */
  rulesPerGroup: 60,
  /** Source: VPC User Guide, "Amazon VPC quotas", flow logs: of one VPC or subnet. */
  flowLogsPerResource: 2,
  tagsPerResource: 50,
  filterValues: 200,
  /** Source: EC2 API Reference, CreateTags, DeleteTags, CreateFlowLogs and DeleteFlowLogs. */
  idsPerCall: 1_000,
} as const satisfies Record<string, number>
