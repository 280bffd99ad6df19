import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import type { SqsCall } from './declare.ts'
import { faults } from './faults.ts'
import { checkPolicy } from './redrive-policy.ts'

/** A queue's policy as it is kept: with users and roles by their unique ids. Faults: InvalidAttributeValue. */
export function storedPolicy(call: SqsCall, text: string): string | undefined {
  if (text === '') return undefined
  checkPolicy(text)
  const { principals } = call.parts
  return withPrincipals(text, {
    AWS: (name) => principals.stored(call.tx, call.partition, name) ?? refuse(name),
  })
}

/** A kept policy as answers show it: users and roles by their ARNs as long as they exist. */
export function shownPolicy(call: SqsCall, stored: string): string {
  return withPrincipals(stored, { AWS: (name) => shownPrincipal(call.parts.principals, call.tx, name) })
}

function refuse(name: string): never {
  throw faults.attributeValue('Policy', `Invalid principal: ${name}`)
}
