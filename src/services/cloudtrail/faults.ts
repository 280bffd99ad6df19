import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/cloudtrail.d.ts'

const fault = faultsOf<Errors>()

/**
 * Every fault of CloudTrail. The words are Redoubt's where no answer of AWS is published.
 * Source: CloudTrail API Reference, LookupEvents, "Errors".
 */
export const faults = {
  severalAttributes: () =>
    fault('InvalidLookupAttributesException', 'Only one lookup attribute can be specified.'),
  notABoolean: (value: string) =>
    fault(
      'InvalidLookupAttributesException',
      `The value '${value}' of the attribute ReadOnly is neither true nor false.`,
    ),
  timeRange: () =>
    fault(
      'InvalidTimeRangeException',
      'The start time occurs after the end time, or the time range is outside the range of possible values.',
    ),
  nextToken: () =>
    fault(
      'InvalidNextTokenException',
      'The token is not valid, or the request has other parameters than the one that it came from.',
    ),
} as const
