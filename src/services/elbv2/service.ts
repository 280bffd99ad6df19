import { service, type Service } from '#core/service.ts'
import * as accountLimits from './account-limits.ts'
import * as capacityReservation from './capacity-reservation.ts'
import type { Elbv2Parts } from './declare.ts'
import * as listenerAttributes from './listener-attributes.ts'
import * as listenerCertificates from './listener-certificates.ts'
import * as listeners from './listeners.ts'
import * as loadBalancerAttributes from './load-balancer-attributes.ts'
import * as loadBalancers from './load-balancers.ts'
import * as rules from './rules.ts'
import * as sslPolicies from './ssl-policies.ts'
import * as tags from './tags.ts'
import * as targetGroupAttributes from './target-group-attributes.ts'
import * as targetGroups from './target-groups.ts'
import * as targets from './targets.ts'

/** Elastic Load Balancing v2: application load balancers, which the edge turns into listening sockets. */
export function createElbv2Service(parts: Elbv2Parts): Service {
  return service({
    model: 'elbv2',
    files: [
      accountLimits,
      capacityReservation,
      listenerAttributes,
      listenerCertificates,
      listeners,
      loadBalancerAttributes,
      loadBalancers,
      rules,
      sslPolicies,
      tags,
      targetGroupAttributes,
      targetGroups,
      targets,
    ],
    parts,
  })
}
