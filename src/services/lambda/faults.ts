import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/lambda.d.ts'

const fault = faultsOf<Errors>()

const user = { Type: 'User' }

/** Everything that Lambda refuses, in one table. AWS's words where they are public, else our own. */
export const faults = {
  invalid: (message: string) => fault('InvalidParameterValueException', message, user),
  functionNotFound: (arn: string) => fault('ResourceNotFoundException', `Function not found: ${arn}`, user),
  notFound: (message: string) => fault('ResourceNotFoundException', message, user),
  noPolicy: () => fault('ResourceNotFoundException', 'The resource you requested does not exist.', user),
  functionExists: (name: string) =>
    fault('ResourceConflictException', `Function already exist: ${name}`, user),
  conflict: (message: string) => fault('ResourceConflictException', message, user),
  inUse: (message: string) => fault('ResourceInUseException', message, user),
  revision: () =>
    fault(
      'PreconditionFailedException',
      'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
      user,
    ),
  badZip: (why: string) =>
    fault('InvalidParameterValueException', `Could not unzip uploaded file. ${why}`, user),
  unzippedTooLarge: (max: number) =>
    fault('InvalidParameterValueException', `Unzipped size must be smaller than ${max} bytes`, user),
  zippedTooLarge: (max: number) =>
    fault('RequestTooLargeException', `The archive is larger than ${max} bytes`, user),
  payloadTooLarge: (bytes: number, max: number) =>
    fault('RequestTooLargeException', `${bytes} byte payload is too large for the ${max} byte limit`, user),
  notJson: (why: string) =>
    fault('InvalidRequestContentException', `Could not parse request body into json: ${why}`, user),
  role: () =>
    fault(
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
      user,
    ),
  roleAtInvoke: (message: string) =>
    fault('AccessDenied', `The role defined for the function cannot be assumed by Lambda. ${message}`),
  decrypt: (message: string) =>
    fault(
      'KMSAccessDeniedException',
      `Lambda was unable to decrypt the environment variables because KMS access was denied. ${message}`,
      user,
    ),
  throttled: (Reason: string) => fault('TooManyRequestsException', 'Rate Exceeded.', { ...user, Reason }),
  unavailable: (message: string) => fault('ServiceException', message, { Type: 'Service' }),
  policyTooLong: (bytes: number) =>
    fault(
      'PolicyLengthExceededException',
      `The final policy size (${bytes}) is bigger than the limit (20480).`,
      user,
    ),
} as const
