import { elbv2, onAll } from './declare.ts'
import { quotas } from './quotas.ts'

/** Shows the quotas that are enforced here. */
export const DescribeAccountLimits = elbv2('DescribeAccountLimits', {
  access: () => onAll('DescribeAccountLimits'),
  run: () => ({ Limits: Object.entries(limits).map(([Name, Max]) => ({ Name, Max: String(Max) })) }),
})

const limits = {
  'application-load-balancers': quotas.loadBalancers,
  'listeners-per-application-load-balancer': quotas.listenersPerLoadBalancer,
  'rules-per-application-load-balancer': quotas.rulesPerLoadBalancer,
  'certificates-per-application-load-balancer': quotas.certificatesPerLoadBalancer,
  'target-groups': quotas.targetGroups,
  'targets-per-target-group': quotas.targetsPerGroup,
  'target-groups-per-action-on-application-load-balancer': quotas.targetGroupsPerAction,
  'condition-values-per-alb-rule': quotas.valuesPerRule,
  'condition-wildcards-per-alb-rule': quotas.wildcardsPerRule,
} as const
