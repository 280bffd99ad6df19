import type { Call } from '#core/call.ts'
import type { NetworkUses } from '#core/network.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { SegmentCursor } from '#telemetry/index.ts'
import { operationsOf } from '#core/operation.ts'
import type { Operations } from '#models/ec2.d.ts'
import { faults } from './faults.ts'

/** What EC2's operations need beside their call. */
export interface Ec2Parts extends NetworkUses {
  /** The roles that flow logs may be given. */
  readonly roles: Pick<AssumableRoles, 'role'>
  /** Told from where on a flow log tells. */
  readonly flows: { readonly end: () => Promise<SegmentCursor> }
}

/** A call to EC2. */
export type Ec2Call = Call & { readonly parts: Ec2Parts }

const declared = operationsOf<Operations, Ec2Parts>()('ec2', {}, 'regional')

/**
 * Declares an operation of EC2. `DryRun` is answered for all of them here: whoever may do it is told so, and nothing is done.
 * Source: EC2 API Reference, "Common parameters", DryRun.
 */
export const ec2: typeof declared = (name, declaration) =>
  declared(name, {
    ...declaration,
    run(given) {
      const { input } = given
      if (typeof input === 'object' && input !== null && 'DryRun' in input && input.DryRun === true)
        throw faults.dryRun()
      return declaration.run(given)
    },
  })
