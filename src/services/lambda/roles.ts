import { passedRoles } from '#core/passed-roles.ts'
import { principal } from './declare.ts'
import { faults } from './faults.ts'

/** The roles of functions. Faults: InvalidParameterValueException. */
export const { findRole, passRole, assertAssumable } = passedRoles(principal, 'awslambda-check', faults.role)
