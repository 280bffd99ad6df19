/**
 * What the IAM policy language means, said once more and as plainly as possible: straight over the JSON, nothing
 * compiled, nothing remembered, slow. The engine is compared with it; neither imports the other's code.
 *
 * Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
 */
import { BlockList, isIPv6 } from 'node:net'

export type OneOrMany<T> = T | readonly T[]

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PrincipalElement
  readonly NotPrincipal?: PrincipalElement
  readonly Action?: OneOrMany<string>
  readonly NotAction?: OneOrMany<string>
  readonly Resource?: OneOrMany<string>
  readonly NotResource?: OneOrMany<string>
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string>>>>>
}
export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>

export interface Document {
  readonly Version?: '2008-10-17' | '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** `names`: the caller itself first, then what it stands for (its role or user), each by ARN and by unique id. */
export interface Caller {
  readonly kind: 'root' | 'user' | 'role' | 'federated-user' | 'service' | 'federated' | 'anonymous'
  readonly account?: string
  readonly self: readonly string[]
  readonly entity: readonly string[]
  readonly serviceLinked?: boolean
  /** The root user, or a session of GetFederationToken that it made. */
  readonly actsAsRoot?: boolean
}

export interface Call {
  readonly caller: Caller
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  /** Keys in lower case. */
  readonly context: Readonly<Record<string, string | readonly string[]>>
}

export interface Given {
  readonly identity?: readonly Document[]
  readonly boundary?: readonly Document[]
  readonly session?: readonly Document[]
  readonly scps?: readonly (readonly Document[])[]
  readonly rcps?: readonly (readonly Document[])[]
  readonly resource?: readonly Document[]
  readonly resourcePolicyRequired?: boolean
}

/** `Allow by resource`, `Deny by scp` (explicit), `Deny: no identity` (implicit), `Allow: root`. */
export type Answer = string

export function answer(call: Call, given: Given): Answer {
  const { caller } = call
  const inAccount = caller.account !== undefined
  const slr = caller.serviceLinked === true
  const rcps = slr ? [] : (given.rcps ?? [])
  const scps = slr || !inAccount ? [] : (given.scps ?? [])

  // An explicit deny anywhere is the end of it.
  const everything: readonly (readonly [string, readonly Document[] | undefined])[] = [
    ...rcps.map((level) => ['rcp', level] as const),
    ...scps.map((level) => ['scp', level] as const),
    ['resource', given.resource],
    ['identity', given.identity],
    ['boundary', given.boundary],
    ['session', given.session],
  ]
  for (const [layer, documents] of everything) {
    if (says('Deny', call, documents, given)) return `Deny by ${layer}`
  }

  // Guardrails: every level must allow.
  if (!rcps.every((level) => says('Allow', call, level, given))) return 'Deny: no rcp'
  if (!scps.every((level) => says('Allow', call, level, given))) return 'Deny: no scp'

  const own = ownSide(call, given)
  const nearness = nearestGrant(call, given.resource)

  if (inAccount && caller.account !== call.resourceAccount) {
    // Cross-account: both accounts must allow.
    if (own.startsWith('Deny')) return own
    return nearness === undefined ? 'Deny: no resource' : 'Allow by resource'
  }
  if (nearness === 'self') return 'Allow by resource'
  if (nearness === 'entity') return limits(call, given) ?? 'Allow by resource'
  if (nearness === undefined && (given.resourcePolicyRequired || !inAccount)) return 'Deny: no resource'
  return own
}

/** What the caller's own account lets it do. */
function ownSide(call: Call, given: Given): Answer {
  const root = call.caller.actsAsRoot === true
  if (!root && !says('Allow', call, given.identity, given)) return 'Deny: no identity'
  return limits(call, given) ?? (root ? 'Allow: root' : 'Allow by identity')
}

function limits(call: Call, given: Given): Answer | undefined {
  if (given.boundary && !says('Allow', call, given.boundary, given)) return 'Deny: no boundary'
  const needsSession = given.session !== undefined || call.caller.kind === 'federated-user'
  if (needsSession && !says('Allow', call, given.session, given)) return 'Deny: no session'
  return undefined
}

function says(
  effect: 'Allow' | 'Deny',
  call: Call,
  documents: readonly Document[] | undefined,
  given: Given,
): boolean {
  return statementsOf(documents).some(
    ([statement, version]) =>
      statement.Effect === effect &&
      matchesAnyPrincipal(statement, call.caller, given.boundary !== undefined) &&
      matches(statement, version, call),
  )
}

function nearestGrant(
  call: Call,
  documents: readonly Document[] | undefined,
): 'self' | 'entity' | 'account' | undefined {
  const found = statementsOf(documents)
    .filter(([statement, version]) => statement.Effect === 'Allow' && matches(statement, version, call))
    .map(([{ Principal }]) => (Principal === undefined ? undefined : nearness(Principal, call.caller)))
  return (['self', 'entity', 'account'] as const).find((near) => found.includes(near))
}

function statementsOf(documents: readonly Document[] | undefined): (readonly [Statement, string])[] {
  return (documents ?? []).flatMap(({ Version = '2008-10-17', Statement }) =>
    Statement.map((statement) => [statement, Version] as const),
  )
}

// ---- Who

function matchesAnyPrincipal(statement: Statement, caller: Caller, bounded: boolean): boolean {
  const { Principal, NotPrincipal } = statement
  if (NotPrincipal !== undefined) return bounded || !spared(NotPrincipal, caller)
  if (Principal === undefined) return true
  // A Deny of {"AWS": "*"} means everyone; an Allow of it does not mean services and identity providers.
  if (statement.Effect === 'Deny' && list(Principal, 'AWS').includes('*')) return true
  return nearness(Principal, caller) !== undefined
}

function nearness(element: PrincipalElement, caller: Caller): 'self' | 'entity' | 'account' | undefined {
  if (element === '*') return 'self'
  if (caller.kind === 'service')
    return caller.self.some((name) => list(element, 'Service').includes(name)) ? 'self' : undefined
  if (caller.kind === 'federated') {
    return caller.self.some((name) => list(element, 'Federated').includes(name)) ? 'self' : undefined
  }
  const aws = list(element, 'AWS')
  if (aws.includes('*') || caller.self.some((name) => aws.includes(name))) return 'self'
  if (caller.entity.some((name) => aws.includes(name))) return 'entity'
  if (!namesAccount(aws, caller)) return undefined
  return caller.kind === 'root' ? 'self' : 'account'
}

/** NotPrincipal spares only whom it lists with all that stands above: the account, the role, the session. */
function spared(element: PrincipalElement, caller: Caller): boolean {
  if (caller.kind === 'service' || caller.kind === 'federated') return nearness(element, caller) !== undefined
  const aws = element === '*' ? ['*'] : list(element, 'AWS')
  if (aws.includes('*')) return true
  if (!namesAccount(aws, caller)) return false
  if (caller.kind === 'root') return true
  if (!caller.self.some((name) => aws.includes(name))) return false
  return caller.kind !== 'role' || caller.entity.some((name) => aws.includes(name))
}

function namesAccount(aws: readonly string[], { account }: Caller): boolean {
  return account !== undefined && (aws.includes(account) || aws.includes(`arn:aws:iam::${account}:root`))
}

function list(element: PrincipalElement, type: string): readonly string[] {
  return element === '*' ? [] : many(element[type] ?? [])
}

// ---- What, and when

function matches(statement: Statement, version: string, call: Call): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement
  const acts = (names: OneOrMany<string>): boolean =>
    many(names).some((name) => glob(name.toLowerCase(), '2008-10-17', call)?.test(call.action.toLowerCase()))
  if (Action !== undefined && !acts(Action)) return false
  if (NotAction !== undefined && acts(NotAction)) return false

  const touches = (names: OneOrMany<string>): (boolean | undefined)[] =>
    many(names).map((name) => glob(completed(name), version, call)?.test(call.resource))
  if (Resource !== undefined && !touches(Resource).includes(true)) return false
  if (NotResource !== undefined && !touches(NotResource).every((touched) => touched === false)) return false

  return Object.entries(Condition).every(([operator, block]) =>
    Object.entries(block).every(([key, values]) =>
      holds(operator, key.toLowerCase(), many(values), version, call),
    ),
  )
}

/** What an ARN leaves out may be anything; a * at its end reaches that far by itself. */
function completed(arn: string): string {
  const missing = arn.endsWith('*') ? 0 : 6 - arn.split(':').length
  return missing > 0 ? arn + ':*'.repeat(missing) : arn
}

function holds(name: string, key: string, wanted: readonly string[], version: string, call: Call): boolean {
  const [, set = '', operator = '', ifExists] = /^(?:(\w+):)?(\w+?)(IfExists)?$/.exec(name) ?? []
  const value = call.context[key]
  const actual = value === undefined ? [] : many(value)
  if (operator === 'Null') return wanted.some((absent) => (absent === 'true') === (actual.length === 0))

  const negated = operator.includes('Not')
  const positive = operator.replace('Not', '')
  /** True, false, or undefined where a variable has no value. */
  const matchesOne = (one: string): boolean | undefined => {
    const results = wanted.map((given) => compare(positive, one, given, version, call))
    return results.includes(true) ? true : results.includes(undefined) ? undefined : false
  }
  const asWanted = (one: string): boolean => matchesOne(one) === !negated
  if (set === 'ForAllValues') return actual.length === 0 || value === '' || actual.every(asWanted)
  if (set === 'ForAnyValue') return actual.some(asWanted)
  if (actual.length === 0) return negated || ifExists !== undefined
  return negated ? actual.every(asWanted) : actual.some(asWanted)
}

function compare(
  operator: string,
  actual: string,
  given: string,
  version: string,
  call: Call,
): boolean | undefined {
  switch (operator) {
    case 'StringEquals':
      return literal(given, version, call)?.test(actual)
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return literal(given, version, call, 'i')?.test(actual)
    case 'StringLike':
      return glob(given, version, call)?.test(actual)
    case 'ArnEquals':
    case 'ArnLike':
      return arnLike(given, actual, version, call)
    case 'BinaryEquals':
      return actual === given
    case 'IpAddress':
      return inRange(actual, given)
    default:
      return ordered(operator, actual, given)
  }
}

function ordered(operator: string, actual: string, given: string): boolean {
  const read = operator.startsWith('Date') ? moment : Number
  const [left, right] = [read(actual), read(given)]
  switch (operator.replace(/^Date|^Numeric/, '')) {
    case 'Equals':
      return left === right
    case 'LessThan':
      return left < right
    case 'LessThanEquals':
      return left <= right
    case 'GreaterThan':
      return left > right
    case 'GreaterThanEquals':
      return left >= right
    default:
      throw new Error(`the model does not know ${operator}`)
  }
}

const moment = (text: string): number => (/^-?\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text))

function inRange(address: string, range: string): boolean {
  const [network = '', bits] = range.split('/')
  const family = isIPv6(network) ? 'ipv6' : 'ipv4'
  if (isIPv6(address) !== isIPv6(network)) return false
  const block = new BlockList()
  block.addSubnet(network, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  return block.check(address, family)
}

/** Component by component. Where the pattern is one variable, the components are those of its value. */
function arnLike(given: string, actual: string, version: string, call: Call): boolean | undefined {
  if (actual.split(':').length < 6)
    return given.includes('${') && glob(given, version, call) === undefined ? undefined : false
  const whole = glob(given, version, call)
  if (whole === undefined || given === '*') return whole?.test(actual)
  if (/^\$\{[^}]*\}$/.test(given)) return whole.test(actual)
  const components = (arn: string): string[] => [
    ...arn.split(':').slice(0, 5),
    arn.split(':').slice(5).join(':'),
  ]
  // A colon inside ${…} belongs to the name of a key.
  const hidden = given.replace(/\$\{[^}]*\}/g, (variable) => variable.replaceAll(':', '\u0000'))
  if (hidden.split(':').length < 6) return false
  return components(hidden).every((pattern, index) =>
    glob(pattern.replaceAll('\u0000', ':'), version, call)?.test(components(actual)[index] ?? ''),
  )
}

// ---- Wildcards and variables

function glob(text: string, version: string, call: Call): RegExp | undefined {
  return expression(text, version, call, '', (plain) =>
    plain.replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]'),
  )
}

function literal(text: string, version: string, call: Call, flags = ''): RegExp | undefined {
  return expression(text, version, call, flags, (plain) => plain)
}

/** The regular expression that a policy's text means for this call; undefined where a variable has no value. */
function expression(
  text: string,
  version: string,
  { context }: Call,
  flags: string,
  wildcards: (escaped: string) => string,
): RegExp | undefined {
  const pieces = version === '2012-10-17' ? text.split(/(\$\{[^}]*\})/) : [text]
  const sources = pieces.map((piece, index) => {
    if (index % 2 === 0) return wildcards(escape(piece))
    const [, key = '', otherwise] = /^\$\{([^,]*?)(?:, *'(.*)')?\}$/.exec(piece) ?? []
    if (['*', '?', '$'].includes(key)) return escape(key)
    const value = context[key.toLowerCase()] ?? otherwise
    return typeof value === 'string' ? escape(value) : undefined
  })
  return sources.includes(undefined) ? undefined : new RegExp(`^${sources.join('')}$`, flags)
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function many<T>(value: OneOrMany<T>): readonly T[] {
  // `Array.isArray` does not narrow a readonly array out of the union.
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
