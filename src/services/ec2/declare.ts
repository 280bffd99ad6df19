import { operationsOf } from '#core/operation.ts'
import type { Reader } from '#core/store/index.ts'
import type { Operations } from '#models/ec2.d.ts'
import { faults } from './faults.ts'

/** What the operations of EC2 need beside their call. */
export interface Ec2Parts {
  /** Whether something of another service (a load balancer) has the security group. */
  readonly usesSecurityGroup: (reader: Reader, groupId: string) => boolean
  /** Whether something of another service stands in the subnet. */
  readonly usesSubnet: (reader: Reader, subnetId: string) => boolean
}

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
