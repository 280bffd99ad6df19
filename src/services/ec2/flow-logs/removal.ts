import type { Call } from '#core/call.ts'
import { allOf, keptFlowLogs, remove } from '../network.ts'

/** Ends the flow logs of a VPC or subnet that is deleted. */
export function removeFlowLogsOf(call: Call, id: string): void {
  for (const flowLog of allOf(call.tx, call, keptFlowLogs))
    if (flowLog.resourceId === id) remove(call, keptFlowLogs, flowLog)
}
