import { paging } from '#core/paging.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

const { pageOf } = paging({
  ...{ token: 'NextToken', limit: 'MaxResults', next: 'NextToken', limitDefault: quotas.listedMax },
  invalid: () => faults.invalidValue('Invalid or expired next token.'),
})

/**
 * A page of queues, by name. Without MaxResults all of them, up to a thousand, and no token.
 * Faults: InvalidParameterValue. Source: SQS API Reference, ListQueues.
 */
export function page(queues: readonly QueueDocument[], asked: Parameters<typeof pageOf>[2]) {
  const { MaxResults: max } = asked
  if (max !== undefined && (max < 1 || max > quotas.listedMax))
    throw faults.parameter(max, 'MaxResults', `Must be an integer from 1 to ${quotas.listedMax}.`)
  const { items, NextToken } = pageOf(queues, ({ name }) => name, asked)
  return { items, NextToken: max === undefined ? undefined : NextToken }
}
