import { paging } from '#core/paging.ts'
import { faults } from './faults.ts'

/** Pages in the order of ARNs. Source: ELBv2 API Reference, PageSize: at most 400. Faults: ValidationError. */
export const { pageOf: page } = paging({
  ...{ token: 'Marker', limit: 'PageSize', next: 'NextMarker', limitDefault: 400 },
  invalid: (marker) => faults.validation(`The marker '${marker}' is not valid`),
})
