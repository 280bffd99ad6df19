import { items, text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:EC2/FlowLogsDeleted'

/** Connections are no longer logged. Source: EC2 API Reference, DeleteFlowLogs. */
export const flowLogs = callDetector({
  name: 'flow-logs',
  events: ['ec2:DeleteFlowLogs'],
  finds: {
    [type]: {
      severity: 6,
      title: 'Flow logs were deleted: {flowLogs}.',
      description: '{userName} deleted the flow logs {flowLogs}. Connections are no longer logged.',
      remediation: undo(
        'See which flow logs are left, and create again what is missing.',
        'aws ec2 describe-flow-logs --region {region}',
      ),
    },
  },
  see({ requestParameters, responseElements }) {
    const ids = items(requestParameters, 'DeleteFlowLogsRequest', 'FlowLogId')
    const one = text(requestParameters, 'DeleteFlowLogsRequest', 'FlowLogId', 'content')
    const asked = [...ids, ...items(requestParameters, 'flowLogIds'), ...(one ? [one] : [])]
      .map((id) => (typeof id === 'string' ? id : (text(id, 'content') ?? text(id, 'flowLogId') ?? '')))
      .filter((id) => id !== '')
    const failed = items(responseElements, 'DeleteFlowLogsResponse', 'unsuccessful', 'item').length
    if (failed > 0 && failed >= asked.length) return undefined // None of them was deleted.
    return { type, values: { flowLogs: asked.join(', ') } }
  },
})
