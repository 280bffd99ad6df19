import { paging, tokensOf } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Tokens say where a list goes on. Faults: InvalidNextTokenException. */
export const tokens = tokensOf(faults.nextToken)

/** Pages of 25 unless told otherwise. */
export const { pageOf } = paging({
  ...{ token: 'NextToken', limit: 'MaxResults', next: 'NextToken', limitDefault: 25 },
  invalid: faults.nextToken,
})
