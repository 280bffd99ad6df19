import { type Fault, faultsOf } from '#core/fault.ts'
import type { Refusal } from '#engines/waf/index.ts'
import type { Errors, ParameterExceptionField } from '#models/wafv2.d.ts'

const fault = faultsOf<Errors>()

/**
 * Everything that WAFv2 refuses, in one table: the code, and AWS's words as public issue trackers quote them.
 * Differs: the reasons of `invalid` and the words of `invalidPolicy` and `tags` are our own.
 */
export const faults = {
  /** One value of a request: which field, which value, why not. */
  invalid: (Field: ParameterExceptionField, Parameter: string, Reason: string) =>
    fault(
      'WAFInvalidParameterException',
      `Error reason: ${Reason}, field: ${Field}, parameter: ${Parameter}`,
      { Field, Parameter, Reason },
    ),
  payments: () => faults.invalid('MONETIZATION_CONFIG', 'MonetizationConfig', 'Payments are not supported.'),
  dataProtection: () =>
    faults.invalid('DATA_PROTECTION_CONFIG', 'DataProtectionConfig', 'Data protection is not supported.'),
  lowReputation: () =>
    faults.invalid('LOW_REPUTATION_MODE', 'ALBLowReputationMode', 'DDoS protection is not supported.'),
  /** No field of AWS's list is about what an application is like. */
  applicationChanged: () =>
    fault(
      'WAFInvalidParameterException',
      'Error reason: Application attributes can’t be changed., parameter: ApplicationConfig',
      { Parameter: 'ApplicationConfig', Reason: 'Application attributes can’t be changed.' },
    ),
  /** Nor about paging. */
  invalidMarker: (Parameter: string) =>
    fault('WAFInvalidParameterException', 'Error reason: The marker is not valid., parameter: NextMarker', {
      Parameter,
      Reason: 'The marker is not valid.',
    }),
  /** Nor about time. */
  invalidWindow: (Reason = 'The time window is not within the last three hours.') =>
    fault('WAFInvalidParameterException', `Error reason: ${Reason}, parameter: TimeWindow`, {
      Parameter: 'TimeWindow',
      Reason,
    }),
  nonexistent: () =>
    fault(
      'WAFNonexistentItemException',
      'AWS WAF couldn’t perform the operation because your resource doesn’t exist.',
    ),
  duplicate: () =>
    fault(
      'WAFDuplicateItemException',
      'AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.',
    ),
  stale: () =>
    fault(
      'WAFOptimisticLockException',
      'AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.',
    ),
  associated: () =>
    fault(
      'WAFAssociatedItemException',
      'AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.',
    ),
  /** `SourceType` says of what there would be too much. */
  limit: (SourceType: string) =>
    fault(
      'WAFLimitsExceededException',
      'AWS WAF couldn’t perform the operation because you exceeded your resource limit.',
      { SourceType },
    ),
  unavailable: () =>
    fault(
      'WAFUnavailableEntityException',
      'AWS WAF couldn’t retrieve the resource that you requested. Retry your request.',
    ),
  /** The caller may not do what a destination needs. */
  logPermission: () =>
    fault(
      'WAFLogDestinationPermissionIssueException',
      'AWS WAF couldn’t deliver logs to the destination because you don’t have the permissions that it needs.',
    ),
  notManaged: () =>
    fault(
      'WAFInvalidOperationException',
      'AWS WAF couldn’t perform the operation: the web ACL has no rule groups of Firewall Manager.',
    ),
  unsupportedKeyType: () =>
    fault(
      'WAFUnsupportedAggregateKeyTypeException',
      'The rule that you’ve named doesn’t aggregate solely on the IP address or solely on the forwarded IP address.',
    ),
  tags: (problem: string) => fault('WAFTagOperationException', problem),
  invalidPolicy: (problem: string) => fault('WAFInvalidPermissionPolicyException', problem),
} as const

/** A refusal of the engine as the fault that answers it. What a rule refers to and is not there is unavailable. */
export function refused({ code, field, parameter, reason }: Refusal): Fault {
  switch (code) {
    case 'WAFInvalidParameterException':
      return faults.invalid(field, parameter, reason)
    case 'WAFNonexistentItemException':
      return faults.unavailable()
    case 'WAFLimitsExceededException':
      return faults.limit(parameter)
  }
}
