import type { Certificates } from '#core/certificates.ts'
import type { EdgePart } from '#core/front-door.ts'
import type { LogDestinationOf } from '#core/log-delivery.ts'
import type { NetworkPlace } from '#core/network.ts'
import type { Seal } from '#core/seal/index.ts'
import type { Reader } from '#core/store/index.ts'
import { isFlowLogged } from '#services/ec2/flow-logs/view.ts'
import { network } from '#services/ec2/network-view.ts'
import { edgeParts } from '#services/elbv2/front-doors.ts'
import { isDetecting } from '#services/guardduty/detecting.ts'
import { deliveryDestinationOf, deliveryTypes, logDeliveriesOf } from '#services/logs/delivery-view.ts'
import { webACLOf } from '#services/wafv2/associations.ts'
import { guardParts, wafLogDestination } from '#services/wafv2/guarded.ts'

/** Services whose documents the edge's configuration follows from. */
const configuresEdge: ReadonlySet<string> = new Set(['elbv2', 'wafv2', 'ec2', 'acm', 'iam'])

/** Whether what the edge is told may change with a document of this type. */
export function concernsEdge(service: string, type: string): boolean {
  return (
    configuresEdge.has(service) ||
    (service === 'logs' && deliveryTypes.has(type)) ||
    // Whether somebody detects: findings, which come many at a time, change nothing.
    (service === 'guardduty' && type === 'detector')
  )
}

/** All that the edge is told: load balancers, their target groups, and the web ACLs before them. */
export function edgeConfiguration(
  reader: Reader,
  {
    seal,
    partition,
    certificates,
  }: { readonly seal: Seal; readonly partition: string; readonly certificates: Certificates },
): readonly EdgePart[] {
  const doors = edgeParts(reader, {
    seal,
    network,
    certificates,
    webACLOf,
    isObserved,
    logDeliveriesOf,
  })
  const webACLs = new Set(
    doors.flatMap((part) => (part.kind === 'front-door' && part.value.webACL ? [part.value.webACL] : [])),
  )
  return [...doors, ...guardParts(reader, partition, webACLs)]
}

/** Where what the edge logs goes: to log groups of web ACLs, and of deliveries. */
export function logDestinations(partition: string): LogDestinationOf {
  const ofWebACL = wafLogDestination(partition)
  return (reader, source) => ofWebACL(reader, source) ?? deliveryDestinationOf(reader, source)
}

/** Whether records are kept of what stands there. */
function isObserved(reader: Reader, place: NetworkPlace): boolean {
  return isDetecting(reader, place) || isFlowLogged(reader, place)
}
