import { type Arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { LogPlace } from '#core/front-door.ts'
import type { FieldToMatch, LoggingConfiguration, LoggingFilter } from '#models/wafv2.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/**
 * Where a log may go: a bucket, with a prefix or without. Source: AWS WAF Developer Guide, "Logging destinations": names begin with
 * `aws-waf-logs-`.
 */
const bucketForm =
  /^(?<bucket>aws-waf-logs-[a-z0-9.-]{1,50})(?:\/(?<prefix>(?!.*\.\.)[A-Za-z0-9!_.*'()/-]{1,256}))?$/

/** The bucket and prefix of a destination; `undefined` for what is none. */
export function bucketOf(arn: string): LogPlace | undefined {
  const parts = parseArn(arn)
  const { bucket, prefix = '' } = (parts?.service === 's3' && bucketForm.exec(parts.resource)?.groups) || {}
  return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/\/$/, '') }
}

const groupForm = /^log-group:(?<name>aws-waf-logs-[\w./#-]{1,500})(?::\*)?$/

/** A log group that logs go to, by its ARN as CloudWatch Logs keeps it. */
export interface NamedGroup {
  readonly arn: Arn
  readonly name: string
}

/** The log group of a destination, with or without `:*` behind it; `undefined` for what is none. */
export function groupOf(arn: string): NamedGroup | undefined {
  const parts = parseArn(arn)
  const name = parts?.service === 'logs' ? groupForm.exec(parts.resource)?.groups?.['name'] : undefined
  return name === undefined ? undefined : { arn: arn.replace(/:\*$/, '') as Arn, name } // parseArn read it.
}

/** Source: AWS WAFV2 API, LoggingConfiguration, RedactedFields. */
const redactable: readonly (keyof FieldToMatch)[] = ['UriPath', 'QueryString', 'SingleHeader', 'Method']

/**
 * Lets a logging configuration through that makes sense. A log group is one of the caller's account and region.
 * Faults: WAFInvalidParameterException; WAFLimitsExceededException.
 */
export function checkLogging(
  { account, region }: Pick<Call, 'account' | 'region'>,
  { LogDestinationConfigs, RedactedFields = [], LoggingFilter }: LoggingConfiguration,
): void {
  if (LogDestinationConfigs.length > quotas.logDestinations) throw faults.limit('LOG_DESTINATION')
  for (const arn of LogDestinationConfigs) {
    const parts = parseArn(arn)
    if (parts?.service === 'firehose')
      throw faults.invalid('LOG_DESTINATION', arn, 'Logs are delivered to buckets and log groups only.')
    const isOwnGroup = groupOf(arn) && parts?.account === account && parts.region === region
    if (bucketOf(arn) === undefined && !isOwnGroup)
      throw faults.invalid('LOG_DESTINATION', arn, 'The ARN isn’t valid.')
  }
  for (const field of RedactedFields) {
    const set = Object.entries(field).filter(([, value]) => value !== undefined)
    const [name = ''] = set[0] ?? []
    if (set.length !== 1 || !redactable.some((one) => one === name))
      throw faults.invalid('FIELD_TO_MATCH', name, `A redacted field is one of ${redactable.join(', ')}.`)
  }
  if (LoggingFilter !== undefined) checkFilter(LoggingFilter)
}

function checkFilter({ Filters }: LoggingFilter): void {
  for (const { Conditions } of Filters) {
    for (const { ActionCondition, LabelNameCondition } of Conditions) {
      if ((ActionCondition === undefined) === (LabelNameCondition === undefined))
        throw faults.invalid(
          'FILTER_CONDITION',
          'Condition',
          'A condition is either about an action or about a label.',
        )
    }
  }
}
