import type { NetworkUses } from '#core/network.ts'
import { operationsOf } from '#core/operation.ts'
import type { Operations } from '#models/ec2.d.ts'
import { faults } from './faults.ts'

const declared = operationsOf<Operations, NetworkUses>()('ec2', {}, 'regional')

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
