import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/**
 * Pages in the order of keys. Faults: InvalidParameterValueException.
 * Source: Lambda API Reference, MaxItems: "ListFunctions returns a maximum of 50 items in each response".
 */
export const { pageOf: page } = paging({
  ...{ token: 'Marker', limit: 'MaxItems', next: 'NextMarker', limitDefault: 50, limitMax: 50 },
  invalid: (marker) => faults.invalid(`The marker '${marker}' is not valid`),
})
