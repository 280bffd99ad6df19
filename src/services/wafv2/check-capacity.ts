import { priceRules } from '#engines/waf/index.ts'
import { wafv2 } from './declare.ts'
import { kindOf } from './entities.ts'
import { faults, refused } from './faults.ts'
import { entityArn, placeOf } from './places.ts'
import { referencesIn } from './references.ts'
import { textIn, valuesOf } from './statements-in.ts'
import { storedWorld } from './world.ts'

/**
 * Tells the capacity that rules take.
 * Faults: WAFUnavailableEntityException for what they refer to and is not the account's own: the operation is authorized on no
 * resource, so that it must not tell of another account's.
 */
export const CheckCapacity = wafv2('CheckCapacity', {
  access: () => [{ action: 'wafv2:CheckCapacity', resource: '*' }],
  run({ input: { Scope, Rules }, call }) {
    const place = placeOf(call, Scope)
    for (const named of referencesIn(call, Rules)) {
      const entity = call.tx.get(kindOf(named.kind).collection, place, named.id)
      if (entity?.arn !== entityArn(call, named)) throw faults.unavailable()
    }
    const priced = priceRules(Rules, assumedBodies(Rules), storedWorld(call.tx, call.partition, place))
    if (!priced.ok) throw refused(priced.refusal)
    return { Capacity: priced.value }
  },
})

/** The request has no custom responses, though rules may name them: each is taken to be there. */
function assumedBodies(rules: unknown): Readonly<Record<string, unknown>> {
  const keys = valuesOf(rules, 'CustomResponse').map((response) => textIn(response, 'CustomResponseBodyKey'))
  const body = { ContentType: 'TEXT_PLAIN', Content: '-' }
  return Object.fromEntries(keys.flatMap((key) => (key === undefined ? [] : [[key, body]])))
}
