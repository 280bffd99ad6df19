import { type AccountId, type Arn, arn } from './arn.ts'
import type { Call } from './call.ts'
import type { Reader } from './store/index.ts'

// Logs that services write to users' log groups ("vended logs"): who they come from is known by an ARN alone, and where they go is looked
// up in the documents when they are delivered, so that what reads strangers' bytes cannot choose a group.

/** Lines of one log: of a web ACL, or of a delivery. */
export interface LogLines {
  /** The ARN of the web ACL, or of the delivery. */
  readonly source: Arn
  readonly lines: readonly (readonly [timestampMs: number, text: string])[]
}

/** Takes lines; it never throws and never waits. */
export type LogLineSink = (lines: readonly LogLines[]) => void

/** Where the lines of a source go, in whose name. */
export interface LogDestination {
  readonly account: AccountId
  readonly region: string
  readonly logGroupName: string
  readonly logStreamName: string
  /** What `aws:SourceArn` is. */
  readonly sourceArn: Arn
}

/** Where a source's lines go now; undefined where nobody wants them any more. */
export type LogDestinationOf = (reader: Reader, source: Arn) => LogDestination | undefined

/** What other services ask of CloudWatch Logs' documents. */
export interface LogGroups {
  readonly exists: (reader: Reader, group: Arn) => boolean
}

/** Source: CloudWatch Logs User Guide, "Logs sent to CloudWatch Logs", Log group resource policy. */
export const logDeliveryPrincipal = 'delivery.logs.amazonaws.com'

/** In whose name logs are delivered: an ARN that the resource policy's `arn:aws:logs:<region>:<account>:*` holds. */
export function deliveryArn(where: Pick<Call, 'partition' | 'account' | 'region'>, id: string): Arn {
  const { partition, account, region } = where
  return arn({ partition, account, region, service: 'logs', resource: `delivery:${id}` })
}

interface Statement {
  readonly Effect?: unknown
  readonly Principal?: { readonly Service?: unknown } | string
  readonly Resource?: unknown
}

/**
 * Sees to it that a resource policy lets logs into a group, on the caller's behalf: one that does not is written, under AWS's name for it.
 * Faults: those of DescribeResourcePolicies and PutResourcePolicy, which the caller must be allowed.
 * Source: ibid. Differs: policies are those of the account; another one that lets the service in is known by naming the group, or `*`.
 */
export function letLogsIn(call: Call, group: Arn, policyName: string): void {
  const { resourcePolicies = [] } = call.invoke('logs', 'DescribeResourcePolicies', {}) as {
    readonly resourcePolicies?: readonly { readonly policyName?: string; readonly policyDocument?: string }[]
  } // CloudWatch Logs' own answer.
  const streams = `${group}:log-stream:*`
  const resourcesOf = (text: string | undefined): readonly string[] =>
    statementsOf(text)
      .filter(letsIn)
      .flatMap(({ Resource }) => texts(Resource))
  const isIn = (resource: string): boolean => [streams, `${group}:*`, '*'].includes(resource)
  if (resourcePolicies.some(({ policyDocument }) => resourcesOf(policyDocument).some(isIn))) return
  const own = resourcePolicies.find((policy) => policy.policyName === policyName)
  const { partition, account, region } = call
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AWSLogDeliveryWrite20150319',
        Effect: 'Allow',
        Principal: { Service: logDeliveryPrincipal },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [...resourcesOf(own?.policyDocument), streams],
        Condition: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
        },
      },
    ],
  })
  call.invoke('logs', 'PutResourcePolicy', { policyName, policyDocument })
}

function statementsOf(text = '{}'): readonly Statement[] {
  const { Statement = [] } = JSON.parse(text) as { readonly Statement?: Statement | readonly Statement[] } // The service has read it.
  return [Statement].flat()
}

function letsIn({ Effect, Principal }: Statement): boolean {
  if (Effect !== 'Allow') return false
  if (typeof Principal !== 'object') return Principal === '*'
  return texts(Principal.Service).includes(logDeliveryPrincipal)
}

function texts(value: unknown): readonly string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}
