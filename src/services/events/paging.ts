import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Pages of a table, and of a list in memory. Source: EventBridge API Reference, Limit: at most 100. Faults: ValidationException. */
export const { pageOfTable: page, pageOf } = paging({
  ...{ token: 'NextToken', limit: 'Limit', next: 'NextToken', limitDefault: 100 },
  invalid: () => faults.validation('Parameter NextToken is not valid.'),
})
