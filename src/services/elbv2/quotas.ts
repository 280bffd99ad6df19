/** Source: ELB User Guide for Application Load Balancers, "Quotas". */
export const quotas = {
  loadBalancers: 50,
  listenersPerLoadBalancer: 50,
  rulesPerLoadBalancer: 100,
  certificatesPerLoadBalancer: 25,
  targetGroups: 3_000,
  targetsPerGroup: 1_000,
  targetGroupsPerAction: 5,
  valuesPerRule: 5,
  wildcardsPerRule: 6,
  matchEvaluationsPerRule: 5,
  tags: 50,
  securityGroupsPerLoadBalancer: 5,
} as const
