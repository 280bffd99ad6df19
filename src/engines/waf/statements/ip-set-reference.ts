import { type AddressSet, parseAddress } from '../address.ts'
import { type Find, guarded, type GuardedRule, type Matches, type Source } from '../guards.ts'
import { type Given, members, oneOf, optional } from '../read.ts'
import { nonexistent } from '../refusal.ts'
import { aboutClient, fallbackBehavior, forwarded } from './client.ts'
import { matchKind } from './kind.ts'
import { arn, headerName } from '../names.ts'

const config = members(
  {
    HeaderName: headerName,
    FallbackBehavior: fallbackBehavior,
    Position: oneOf(['FIRST', 'LAST', 'ANY'], 'POSITION'),
  },
  'IP_SET_FORWARDED_IP_CONFIG',
)

/** With ANY, as many addresses of the header are looked at, from its end. Source: AWS WAF Developer Guide, "IP set match". */
const forwardedMax = 10

/** The client's address, or one that a header forwards, is in an IP set. */
export const ipSetReference = matchKind({
  read: () => members({ ARN: arn, IPSetForwardedIPConfig: optional(config) }, 'IP_SET_REFERENCE_STATEMENT'),
  price: ({ IPSetForwardedIPConfig }) => (IPSetForwardedIPConfig?.Position === 'ANY' ? 5 : 1),
  compile({ ARN, IPSetForwardedIPConfig }, { world, inputs }) {
    const set = world.addressSet(ARN)
    if (set === undefined) throw nonexistent('IP_SET_REFERENCE_STATEMENT', ARN, 'there is no such IP set')
    if (IPSetForwardedIPConfig === undefined)
      return guarded(
        aboutClient(undefined, (address) => set.has(address)),
        [{ source: inputs.source(ARN, () => membership(set)), key: ARN }],
      )
    return inHeader(set, IPSetForwardedIPConfig)
  },
})

/** Asked once for all rules about the set. */
function membership(set: AddressSet): Source {
  const prepare =
    (entries: readonly GuardedRule[]): Find =>
    ({ clientAddress }, found) => {
      if (clientAddress !== undefined && set.has(clientAddress)) for (const { rule } of entries) found(rule)
    }
  return { prepare }
}

function inHeader(
  set: AddressSet,
  { HeaderName, FallbackBehavior, Position }: Given<typeof config>,
): Matches {
  const header = HeaderName.toLowerCase()
  const otherwise = FallbackBehavior === 'MATCH'
  return (inspection) => {
    const all = forwarded(inspection, header)
    if (all.length === 0) return undefined
    const chosen =
      Position === 'FIRST' ? all.slice(0, 1) : Position === 'LAST' ? all.slice(-1) : all.slice(-forwardedMax)
    let invalid = false
    for (const entry of chosen) {
      const address = parseAddress(entry)
      if (address === undefined) invalid = true
      else if (set.has(address)) return true
    }
    return invalid && otherwise
  }
}
