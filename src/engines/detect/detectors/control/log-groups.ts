import { text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/SecurityLogsDeleted'

/** Groups that hold what tells of attacks: web ACLs' by their prescribed name, others by what they are usually called. */
const ofSecurity = /^aws-waf-logs-|cloud-?trail|audit|flow-?logs?\b|guard-?duty|resolver|security/i
const nameMax = 512

/** Logs that live a week cannot tell of what was done before anybody looked. Units: days. */
const retentionMin = 8

/** Logs of security are deleted, kept shorter, or no longer passed on. Source: CloudWatch Logs API Reference. */
export const logGroups = callDetector({
  name: 'log-groups',
  events: [
    ...['logs:DeleteLogGroup', 'logs:DeleteLogStream', 'logs:DeleteSubscriptionFilter'],
    'logs:PutRetentionPolicy',
  ],
  finds: {
    [type]: {
      severity: 6,
      title: 'Security logs in {logGroup} were touched by {api}.',
      description: '{userName} called {api} on the log group {logGroup}, which holds security logs.',
      remediation: undo(
        'Keep the logs for a year; create the group again where it was deleted.',
        'aws logs put-retention-policy --log-group-name {logGroup} --retention-in-days 365 --region {region}',
      ),
    },
  },
  see({ requestParameters, eventName }) {
    const logGroup = (text(requestParameters, 'logGroupName') ?? '').slice(0, nameMax)
    if (!ofSecurity.test(logGroup)) return undefined
    const days = Number(value(requestParameters, 'retentionInDays') ?? 0)
    if (eventName === 'PutRetentionPolicy' && days >= retentionMin) return undefined
    return { type, about: logGroup, values: { logGroup } }
  },
})
