import { service, type Service } from '#core/service.ts'
import * as accountAttributes from './account-attributes.ts'
import type { Ec2Parts } from './declare.ts'
import * as flowLogs from './flow-logs/flow-logs.ts'
import * as networkInterfaces from './network-interfaces.ts'
import * as regions from './regions.ts'
import * as ruleChanges from './rule-changes.ts'
import * as securityGroupRules from './security-group-rules.ts'
import * as securityGroups from './security-groups.ts'
import * as subnets from './subnets.ts'
import * as tags from './tags.ts'
import * as vpcs from './vpcs.ts'

/** Of EC2 the network that load balancers stand in: VPCs, subnets and security groups, whose rules the edge enforces. */
export function createEc2Service(parts: Ec2Parts): Service {
  return service({
    model: 'ec2',
    files: [
      accountAttributes,
      flowLogs,
      networkInterfaces,
      regions,
      ruleChanges,
      securityGroupRules,
      securityGroups,
      subnets,
      tags,
      vpcs,
    ],
    parts,
  })
}
