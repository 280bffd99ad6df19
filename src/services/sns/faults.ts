import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/sns.d.ts'
import { quotas } from './quotas.ts'

const fault = faultsOf<Errors>()

/** Everything that SNS refuses, in one table. */
export const faults = {
  noSuchTopic: () => fault('NotFoundException', 'Topic does not exist'),
  noSuchSubscription: () => fault('NotFoundException', 'Subscription does not exist'),
  noSuchResource: () => fault('ResourceNotFoundException', 'Resource does not exist'),
  parameter: (name: string, reason: string) =>
    fault('InvalidParameterException', `Invalid parameter: ${name} Reason: ${reason}`),
  invalid: (reason: string) => fault('InvalidParameterException', `Invalid parameter: ${reason}`),
  value: (reason: string) => fault('InvalidParameterValueException', reason),
  topicExists: (attribute: string) =>
    fault(
      'InvalidParameterException',
      `Invalid parameter: Attributes Reason: Topic already exists with different attributes (${attribute})`,
    ),
  tagsDiffer: () =>
    fault(
      'InvalidParameterException',
      'Invalid parameter: Tags Reason: Topic already exists with different tags',
    ),
  filterPolicy: (reason: string) =>
    fault('InvalidParameterException', `Invalid parameter: FilterPolicy: ${reason}`),
  tooManyTags: () => fault('TagLimitExceededException', `A topic has at most ${quotas.tags} tags.`),
  tooManyTopics: () =>
    fault('TopicLimitExceededException', `An account has at most ${quotas.topics} topics.`),
  tooManySubscriptions: (max: number) =>
    fault('SubscriptionLimitExceededException', `A topic has at most ${max} subscriptions.`),
  full: () => fault('ThrottledException', 'Too many deliveries wait: try again later.'),
  kms: {
    denied: (message: string) => fault('KMSAccessDeniedException', message),
    disabled: (message: string) => fault('KMSDisabledException', message),
    state: (message: string) => fault('KMSInvalidStateException', message),
    notFound: (message: string) => fault('KMSNotFoundException', message),
  },
  emptyBatch: () => fault('EmptyBatchRequestException', "The batch request doesn't contain any entries."),
  batchTooMany: () =>
    fault('TooManyEntriesInBatchRequestException', `A batch has at most ${quotas.batchEntries} entries.`),
  batchIdsNotDistinct: () =>
    fault('BatchEntryIdsNotDistinctException', 'Two or more batch entries in the request have the same Id.'),
  batchId: () =>
    fault(
      'InvalidBatchEntryIdException',
      'The Id of a batch entry has 1 to 80 letters, digits, hyphens and underscores.',
    ),
  batchTooLong: () =>
    fault(
      'BatchRequestTooLongException',
      `The length of all the batch messages put together is more than ${quotas.messageBytes} bytes.`,
    ),
} as const
