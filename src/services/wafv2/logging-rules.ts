import { parseArn } from '#core/arn.ts'
import type { FieldToMatch, LoggingConfiguration, LoggingFilter } from '#models/wafv2.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/**
 * Where a log may go. Source: AWS WAF Developer Guide, "Logging destinations": names begin with `aws-waf-logs-`.
 */
const destinations: Readonly<Record<string, RegExp>> = {
  s3: /^aws-waf-logs-[^/]*(?:\/.*)?$/,
  firehose: /^deliverystream\/aws-waf-logs-./,
  logs: /^log-group:aws-waf-logs-./,
}

/** Source: AWS WAFV2 API, LoggingConfiguration, RedactedFields. */
const redactable: readonly (keyof FieldToMatch)[] = ['UriPath', 'QueryString', 'SingleHeader', 'Method']

/** Lets a logging configuration through that makes sense. Faults: WAFInvalidParameterException; WAFLimitsExceededException. */
export function checkLogging({
  LogDestinationConfigs,
  RedactedFields = [],
  LoggingFilter,
}: LoggingConfiguration): void {
  if (LogDestinationConfigs.length > quotas.logDestinations) throw faults.limit('LOG_DESTINATION')
  for (const arn of LogDestinationConfigs) {
    const parts = parseArn(arn)
    const form = new Map(Object.entries(destinations)).get(parts?.service ?? '')
    if (!parts || !form?.test(parts.resource))
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
