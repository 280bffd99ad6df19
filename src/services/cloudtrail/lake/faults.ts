import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/cloudtrail.d.ts'

const fault = faultsOf<Errors>()

/**
 * The faults of CloudTrail Lake. The words are Redoubt's where no answer of AWS is published.
 * Source: CloudTrail API Reference, CreateEventDataStore and StartQuery, "Errors".
 */
export const faults = {
  storeExists: (name: string) =>
    fault(
      'EventDataStoreAlreadyExistsException',
      `An event data store with the name ${name} already exists.`,
    ),
  tooManyStores: (max: number) =>
    fault(
      'EventDataStoreMaxLimitExceededException',
      `An account has ${max} event data stores in a region at most.`,
    ),
  noStore: (given: string) =>
    fault('EventDataStoreNotFoundException', `The event data store ${given} was not found.`),
  storeArn: (given: string) =>
    fault('EventDataStoreARNInvalidException', `${given} is no ARN or ID of an event data store.`),
  inactiveStore: () => fault('InactiveEventDataStoreException', 'The event data store is pending deletion.'),
  storeStatus: (reason: string) => fault('InvalidEventDataStoreStatusException', reason),
  terminationProtected: () =>
    fault(
      'EventDataStoreTerminationProtectedException',
      'The event data store cannot be deleted because termination protection is enabled for it.',
    ),
  selectors: (reason: string) => fault('InvalidEventSelectorsException', reason),
  organizations: () =>
    fault(
      'OrganizationsNotInUseException',
      'The account is no member of an organization: there are no organizations.',
    ),
  kms: () =>
    fault(
      'UnsupportedOperationException',
      'Event data stores are not encrypted under a KMS key; leave out KmsKeyId.',
    ),
  parameter: (reason: string) => fault('InvalidParameterException', reason),
  nextToken: () => fault('InvalidNextTokenException', 'The token is not valid.'),
  statement: (reason: string) =>
    fault('InvalidQueryStatementException', `The query statement is not valid: ${reason}`),
  throttled: () => fault('ThrottlingException', 'Too many queries are being started. Try again.'),
  noQuery: () => fault('QueryIdNotFoundException', 'The query ID does not exist or does not map to a query.'),
  inactiveQuery: () =>
    fault('InactiveQueryException', 'The query cannot be canceled because it is not queued or running.'),
  tooManyQueries: (max: number) =>
    fault(
      'MaxConcurrentQueriesException',
      `You are already running the maximum number of concurrent queries. The maximum number of concurrent queries is ${max}.`,
    ),
  dateRange: () => fault('InvalidDateRangeException', 'The start time is after the end time.'),
} as const
