import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Pages of a table, and of a list in memory. Source: CloudWatch Logs API Reference, limit: 50 unless told. Faults: InvalidParameterException. */
export const { pageOfTable, pageOf } = paging({
  ...{ token: 'nextToken', limit: 'limit', next: 'nextToken', limitDefault: 50 },
  invalid: () => faults.invalid('The specified nextToken is invalid.'),
})
