import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/logs.d.ts'

const fault = faultsOf<Errors>()

/** Everything that CloudWatch Logs refuses, in one table. AWS's words where public issue trackers quote them, else our own. */
export const faults = {
  invalid: (message: string) => fault('InvalidParameterException', message),
  validation: (message: string) => fault('ValidationException', message),
  noDelivery: (what: 'Delivery' | 'Delivery source' | 'Delivery destination', name: string) =>
    fault('ResourceNotFoundException', `${what} ${name} does not exist.`),
  noResource: (message: string) => fault('ResourceNotFoundException', message),
  conflict: (message: string) => fault('ConflictException', message),
  quota: (what: string) => fault('ServiceQuotaExceededException', `There may be no more ${what}.`),
  noGroup: () => fault('ResourceNotFoundException', 'The specified log group does not exist.'),
  noStream: () => fault('ResourceNotFoundException', 'The specified log stream does not exist.'),
  noFilter: (kind: 'metric' | 'subscription') =>
    fault('ResourceNotFoundException', `The specified ${kind} filter does not exist.`),
  noPolicy: (name: string) =>
    fault('ResourceNotFoundException', `Policy with name [${name}] does not exist.`),
  noRecord: () => fault('ResourceNotFoundException', 'The specified log record does not exist.'),
  noQuery: () => fault('ResourceNotFoundException', 'The specified query does not exist.'),
  noQueryDefinition: () =>
    fault('ResourceNotFoundException', 'The specified query definition does not exist.'),
  groupExists: () => fault('ResourceAlreadyExistsException', 'The specified log group already exists'),
  streamExists: () => fault('ResourceAlreadyExistsException', 'The specified log stream already exists'),
  limit: (message = 'Resource limit exceeded.') => fault('LimitExceededException', message),
  tooManyTags: (resourceName: string) =>
    fault('TooManyTagsException', 'A log group may have 50 tags.', { resourceName }),
  protected: (name: string) =>
    fault('OperationAbortedException', `Deletion protection is enabled for the log group ${name}.`),
  keyUnusable: (arn: string) =>
    fault(
      'AccessDeniedException',
      `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arn}'`,
    ),
  malformedQuery: (reason: string) => fault('MalformedQueryException', reason),
  notRunning: (status: string) =>
    fault('InvalidParameterException', `Query is not in a cancellable state: ${status}.`),
  noLambda: () =>
    fault(
      'InvalidParameterException',
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    ),
} as const
