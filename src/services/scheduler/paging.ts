import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Pages of a table, and of a list in memory. Source: EventBridge Scheduler API Reference, MaxResults: at most 100. Faults: ValidationException. */
export const { pageOfTable: page, pageOf } = paging({
  ...{ token: 'NextToken', limit: 'MaxResults', next: 'NextToken', limitDefault: 100 },
  invalid: () => faults.invalid('Invalid NextToken.'),
})
