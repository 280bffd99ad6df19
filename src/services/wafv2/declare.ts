import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { Operations } from '#models/wafv2.d.ts'

/** What the operations of WAFv2 need beside their call. */
export interface Wafv2Parts {
  /** How permission policies keep the principals that they name. */
  readonly principals: PrincipalNames
}

/** Declares an operation of WAFv2. Its documents are found through `placeOf`: a call's scope says where they are. */
export const wafv2 = operationsOf<Operations, Wafv2Parts>()('wafv2', {}, 'regional')

/** A call to WAFv2. */
export type Wafv2Call = Call & { readonly parts: Wafv2Parts }
