import { Fault, faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/sqs.d.ts'
import { quotas } from './quotas.ts'

const fault = faultsOf<Errors>()

/** Not in the model, though AWS answers it for most that is wrong with parameters. */
const invalidValue = (message: string) => new Fault('InvalidParameterValue', message, 400)

/** Everything that SQS refuses, in one table. AWS's words where documentation or public issue trackers quote them, else our own. */
export const faults = {
  noSuchQueue: () => fault('QueueDoesNotExist', 'The specified queue does not exist.'),
  queueExists: (attribute: string) =>
    fault(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${attribute}`,
    ),
  queueName: () =>
    invalidValue('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'),
  address: (url: string) => fault('InvalidAddress', `The address ${url} is not valid for this endpoint.`),
  purging: (name: string) =>
    fault('PurgeQueueInProgress', `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`),
  invalidValue,
  parameter: (value: string | number, parameter: string, reason: string) =>
    invalidValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`),
  missingParameter: (parameter: string) =>
    new Fault('MissingParameter', `The request must contain the parameter ${parameter}.`, 400),
  attributeName: (name: string) => fault('InvalidAttributeName', `Unknown Attribute ${name}.`),
  attributeValue: (name: string, reason?: string) =>
    fault(
      'InvalidAttributeValue',
      `Invalid value for the parameter ${name}.${reason === undefined ? '' : ` Reason: ${reason}`}`,
    ),
  unsupported: (message: string) => fault('UnsupportedOperation', message),
  contents: () =>
    fault(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    ),
  messageTooLong: (bytesMax: number) =>
    invalidValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
    ),
  batchTooLong: (bytes: number) =>
    fault(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${quotas.batchBytes} bytes. You have sent ${bytes} bytes.`,
    ),
  emptyBatch: (entry: string) =>
    fault('EmptyBatchRequest', `There should be at least one ${entry} in the request.`),
  batchTooMany: (count: number) =>
    fault(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${quotas.batchEntries}. You have sent ${count}.`,
    ),
  batchIdsNotDistinct: (id: string) => fault('BatchEntryIdsNotDistinct', `Id ${id} repeated.`),
  batchId: () =>
    fault(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    ),
  receiptHandle: (handle: string) =>
    fault('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`),
  receiptExpired: (handle: string) =>
    invalidValue(
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    ),
  notVisibleAnyMore: (handle: string) =>
    invalidValue(
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    ),
  notInFlight: () => fault('MessageNotInflight', 'The specified message is not in flight.'),
  overLimit: () =>
    fault('OverLimit', `The queue has ${quotas.inFlight} messages in flight, which is the maximum.`),
  tooManyStatements: () => fault('OverLimit', `A policy has at most ${quotas.policyStatements} statements.`),
  tooManyActions: (count: number) =>
    fault('OverLimit', `${count} Actions were found, maximum allowed is ${quotas.actionsPerStatement}.`),
  throttled: (message: string) => fault('RequestThrottled', message),
  noSuchResource: (message: string) => fault('ResourceNotFoundException', message),
  kms: {
    denied: (message: string) => fault('KmsAccessDenied', message),
    disabled: (message: string) => fault('KmsDisabled', message),
    state: (message: string) => fault('KmsInvalidState', message),
    notFound: (message: string) => fault('KmsNotFound', message),
    usage: (message: string) => fault('KmsInvalidKeyUsage', message),
  },
} as const
