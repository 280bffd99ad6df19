import { type AccountId, accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { globalScope } from '#core/tables.ts'
import type { Scope } from '#models/wafv2.d.ts'
import { faults } from './faults.ts'

/** The kinds of things that have an ARN, as ARNs spell them. */
export type Kind = 'ipset' | 'regexpatternset' | 'rulegroup' | 'webacl'

/** Where an account keeps things of one scope: its region, or `global` for those of CloudFront. */
export interface Place {
  readonly account: AccountId
  readonly region: string
}

/** What an ARN says of a thing. */
export interface EntityName {
  readonly place: Place
  readonly kind: Kind
  readonly name: string
  readonly id: string
}

/** The one region that CloudFront's things are asked for in. Source: AWS WAFV2 API, Scope. */
const globalRegion = 'us-east-1'

/** Where a call means by a scope. Faults: WAFInvalidParameterException for CLOUDFRONT in another region than us-east-1. */
export function placeOf({ account, region }: Pick<Call, 'account' | 'region'>, scope: Scope): Place {
  if (scope === 'REGIONAL') return { account, region }
  if (region !== globalRegion) throw faults.invalid('SCOPE_VALUE', scope, 'The scope is not valid.')
  return { account, region: globalScope(account).region }
}

/** Whether calls to a region reach a place. */
export function isReached({ region }: Pick<Call, 'region'>, place: Place): boolean {
  return region === arnRegion(place)
}

export function entityArn(
  { partition }: Pick<Call, 'partition'>,
  { place, kind, name, id }: EntityName,
): Arn {
  const scope = isGlobal(place) ? 'global' : 'regional'
  const resource = `${scope}/${kind}/${name}/${id}`
  return arn({ partition, service: 'wafv2', region: arnRegion(place), account: place.account, resource })
}

const resourceForm =
  /^(?<scope>regional|global)\/(?<kind>ipset|regexpatternset|rulegroup|webacl)\/(?<name>[\w-]+)\/(?<id>[0-9a-f-]{36})$/

/** Reads an ARN of WAFv2, or gives undefined where the text is none. */
export function parseEntityArn({ partition }: Pick<Call, 'partition'>, text: string): EntityName | undefined {
  const parts = parseArn(text)
  const account = parts && accountId(parts.account)
  if (!account || parts.service !== 'wafv2' || parts.partition !== partition) return undefined
  const { scope, kind, name, id } = resourceForm.exec(parts.resource)?.groups ?? {}
  if (kind === undefined || name === undefined || id === undefined) return undefined
  if (scope === 'global' && parts.region !== globalRegion) return undefined
  const region = scope === 'global' ? globalScope(account).region : parts.region
  return { place: { account, region }, kind: kind as Kind, name, id } // The form lists the kinds.
}

function isGlobal({ account, region }: Place): boolean {
  return region === globalScope(account).region
}

function arnRegion(place: Place): string {
  return isGlobal(place) ? globalRegion : place.region
}
