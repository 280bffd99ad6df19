import { type Address, parseAddress } from '../address.ts'
import type { Fallback } from '../field-value.ts'
import type { Matches } from '../guards.ts'
import type { Inspection } from '../inspection.ts'
import { members, oneOf, type Read } from '../read.ts'
import { headerName } from '../names.ts'

export const fallbackBehavior: Read<Fallback> = oneOf(['MATCH', 'NO_MATCH'], 'FALLBACK_BEHAVIOR')

/** Source: AWS WAFV2 API, ForwardedIPConfig. */
export const forwardedIPConfig = members(
  { HeaderName: headerName, FallbackBehavior: fallbackBehavior },
  'FORWARDED_IP_CONFIG',
)

export interface ForwardedIPConfig {
  readonly HeaderName: string
  readonly FallbackBehavior: Fallback
}

/**
 * An address a header forwards: the address; an answer where what stands there is none; or nothing without the header,
 * where the rule does not apply.
 */
export type Client = Address | boolean | undefined

/** The first address of the header, or the connection's own. */
export function clientOf(config: ForwardedIPConfig | undefined): (inspection: Inspection) => Client {
  if (config === undefined) return ({ clientAddress }) => clientAddress ?? false
  const header = config.HeaderName.toLowerCase()
  const otherwise = config.FallbackBehavior === 'MATCH'
  return (inspection) => {
    const [first] = forwarded(inspection, header)
    return first === undefined ? undefined : (parseAddress(first) ?? otherwise)
  }
}

/** The entries of a header such as X-Forwarded-For, in order, all its lines together; none without the header. */
export function forwarded(inspection: Inspection, lowerHeader: string): readonly string[] {
  const lines = inspection.header(lowerHeader)
  return lines.length === 0
    ? []
    : lines
        .join(',')
        .split(',')
        .map((entry) => entry.trim())
}

/** A predicate about the client's address that gives the fallback's answer where there is no valid one. */
export function aboutClient(
  config: ForwardedIPConfig | undefined,
  holds: (address: Address, inspection: Inspection) => boolean,
): Matches {
  const client = clientOf(config)
  return (inspection) => {
    const address = client(inspection)
    return typeof address === 'string' ? holds(address, inspection) : address
  }
}
