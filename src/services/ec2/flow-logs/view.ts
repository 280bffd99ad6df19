import type { NetworkPlace } from '#core/network.ts'
import type { Reader } from '#core/store/index.ts'
import type { FlowLog } from '../documents.ts'
import { allOf, keptFlowLogs } from '../network.ts'

/** Whether flows of what stands there are logged. */
export function isFlowLogged(reader: Reader, place: NetworkPlace): boolean {
  return allOf(reader, place, keptFlowLogs).some((flowLog) => covers(flowLog, place))
}

/** Whether what stands there is in the VPC or subnet that is logged. */
export function covers(
  { resourceType, resourceId }: Pick<FlowLog, 'resourceType' | 'resourceId'>,
  { vpcId, subnetIds }: Pick<NetworkPlace, 'vpcId' | 'subnetIds'>,
): boolean {
  return resourceType === 'VPC' ? vpcId === resourceId : subnetIds.includes(resourceId)
}
