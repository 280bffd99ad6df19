import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { EdgeView } from '#core/edge-view.ts'
import type { LogGroups } from '#core/log-delivery.ts'
import { operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { Reader } from '#core/store/index.ts'
import type { Operations } from '#models/wafv2.d.ts'

/** What the operations of WAFv2 need beside their call. */
export interface Wafv2Parts {
  /** How permission policies keep the principals that they name. */
  readonly principals: PrincipalNames
  /** What web ACLs can be put before: whether a load balancer of this ARN is there. */
  readonly loadBalancerExists: (reader: Reader, arn: Arn) => boolean
  readonly logGroups: LogGroups
  /** What the edge knows of its traffic. */
  readonly edge: Pick<EdgeView, 'samples' | 'rateLimited' | 'botPaths'>
}

/** Declares an operation of WAFv2. Its documents are found through `placeOf`: a call's scope says where they are. */
export const wafv2 = operationsOf<Operations, Wafv2Parts>()('wafv2', {}, 'regional')

/** A call to WAFv2. */
export type Wafv2Call = Call & { readonly parts: Wafv2Parts }
