// What the tests of this folder share: requests, a world with everything in it, and web ACLs of one rule.
import assert from 'node:assert/strict'
import { addressSet } from './address.ts'
import type { Counter } from './rate-rules.ts'
import type { Refusal } from './refusal.ts'
import type { RuleGroupSource, WebRequest, World } from './request.ts'
import { SlidingCounter } from './sliding-counter.ts'
import type { Verdict } from './verdict.ts'
import { type CompiledWebACL, compileWebACL } from './web-acl.ts'

export const arnOf = (kind: string, name: string): string =>
  `arn:aws:wafv2:us-east-1:111122223333:regional/${kind}/${name}/1`

/** A request with a target, and whatever else of it is given. */
export function get(target: string, more: Partial<WebRequest> = {}): WebRequest {
  const [path = '', query = ''] = target.split('?')
  return {
    method: 'GET',
    path,
    query,
    headers: [
      ['Host', 'shop.example'],
      ['User-Agent', 'curl/8'],
    ],
    clientAddress: '203.0.113.7',
    body: new Uint8Array(0),
    bodyCut: false,
    ...more,
  }
}

export function post(body: string, more: Partial<WebRequest> = {}): WebRequest {
  return get('/', { method: 'POST', body: Buffer.from(body), ...more })
}

export function withHeaders(...headers: readonly (readonly [string, string])[]): WebRequest {
  return get('/', { headers })
}

function blocks(...addresses: string[]): ReturnType<World['addressSet']> {
  const set = addressSet(addresses)
  assert.ok(set.ok)
  return set.value
}

const sets = new Map([
  [arnOf('ipset', 'documentation'), blocks('203.0.113.0/24', '2001:db8::/32')],
  [arnOf('ipset', 'empty'), blocks()],
])
const patterns = new Map([
  [arnOf('regexpatternset', 'admin'), ['^/admin', 'wp-(?:login|admin)', '\\d{4,}x']],
  [arnOf('regexpatternset', 'empty'), []],
])

/** A world whose rule groups are those given; every group is found under its name. */
export function worldOf(...groups: readonly RuleGroupSource[]): World {
  const find = (name: string): RuleGroupSource | undefined => groups.find(({ Name }) => Name === name)
  return {
    addressSet: (arn) => sets.get(arn),
    regexPatternSet: (arn) => patterns.get(arn),
    ruleGroup: (arn) => find(arn.split('/')[2] ?? ''),
    managedRuleGroup: (vendor, name, version) =>
      vendor === 'AWS' && (version === undefined || version === 'Version_1.0') ? find(name) : undefined,
    locate: (address) =>
      address.startsWith('\xcb')
        ? { country: 'DE', region: 'BE' }
        : address.length === 4
          ? { country: 'US' }
          : undefined,
    autonomousSystem: (address) => (address.startsWith('\xcb') ? 64_500 : undefined),
  }
}

export const visibility = (MetricName: string): Record<string, unknown> => ({
  MetricName,
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
})

type Json = Readonly<Record<string, unknown>>

/** A rule that blocks, unless other members say otherwise. */
export function rule(name: string, priority: number, statement: unknown, more: Json = {}): Json {
  return {
    Name: name,
    Priority: priority,
    Statement: statement,
    VisibilityConfig: visibility(name),
    ...(more['OverrideAction'] === undefined ? { Action: { Block: {} } } : {}),
    ...more,
  }
}

export const own = 'awswaf:111122223333:webacl:test:'

export function acl(rules: readonly unknown[], more: Json = {}): Json {
  return {
    Name: 'test',
    ARN: arnOf('webacl', 'test'),
    LabelNamespace: own,
    DefaultAction: { Allow: {} },
    VisibilityConfig: visibility('test'),
    Rules: rules,
    ...more,
  }
}

export function compiled(
  given: unknown,
  world: World = worldOf(),
  counter: Counter = new SlidingCounter(),
): CompiledWebACL {
  const outcome = compileWebACL(given, world, counter)
  assert.ok(outcome.ok, JSON.stringify(outcome))
  return outcome.value
}

export function refused(given: unknown, world: World = worldOf()): Refusal {
  const outcome = compileWebACL(given, world, new SlidingCounter())
  assert.ok(!outcome.ok, 'compiled')
  return outcome.refusal
}

/** Whether a statement matches a request. */
export function matches(statement: unknown, request: WebRequest): boolean {
  return verdictOf([rule('it', 0, statement)], request).action.type === 'BLOCK'
}

export function verdictOf(rules: readonly unknown[], request: WebRequest, world: World = worldOf()): Verdict {
  return compiled(acl(rules), world).inspect(request, 0)
}

export const noTransformation = [{ Priority: 0, Type: 'NONE' }]
export const transformedBy = (...types: string[]): readonly unknown[] =>
  types.map((Type, Priority) => ({ Priority, Type }))

export function byteMatch(
  FieldToMatch: unknown,
  SearchString: string | Uint8Array,
  PositionalConstraint = 'CONTAINS',
  TextTransformations: readonly unknown[] = noTransformation,
  more: Json = {},
): Json {
  return {
    ByteMatchStatement: { FieldToMatch, SearchString, PositionalConstraint, TextTransformations, ...more },
  }
}

export function regexMatch(RegexString: string, FieldToMatch: unknown = { UriPath: {} }): Json {
  return { RegexMatchStatement: { RegexString, FieldToMatch, TextTransformations: noTransformation } }
}

export const labelMatch = (Key: string, Scope = 'LABEL'): Json => ({ LabelMatchStatement: { Scope, Key } })
export const pathIs = (path: string): Json => byteMatch({ UriPath: {} }, path, 'EXACTLY')

/** Matches every request. */
export const any = {
  SizeConstraintStatement: {
    FieldToMatch: { UriPath: {} },
    ComparisonOperator: 'GE',
    Size: 0,
    TextTransformations: noTransformation,
  },
}

export const action = (Action: unknown): { Action: unknown } => ({ Action })

export const inserting = (Name: string, Value: string): unknown => ({
  CustomRequestHandling: { InsertHeaders: [{ Name, Value }] },
})

/** A rule group: one rule counts and labels, one looks for that label, one blocks, one allows. */
export const group: RuleGroupSource = {
  Name: 'grp',
  Capacity: 100,
  LabelNamespace: 'awswaf:111122223333:rulegroup:grp:',
  Rules: [
    rule('counts', 0, any, { ...action({ Count: {} }), RuleLabels: [{ Name: 'seen' }] }),
    rule('ownLabel', 1, { AndStatement: { Statements: [labelMatch('seen'), pathIs('/label')] } }),
    rule('blocks', 2, pathIs('/bad')),
    rule('allows', 3, pathIs('/good'), action({ Allow: {} })),
  ],
}

/** A rule that refers to the group. */
export const grouped = (more: object = {}, rest: object = {}, name = 'ManagedRuleGroupStatement'): unknown =>
  rule(
    'g',
    0,
    {
      [name]: {
        ...(name === 'ManagedRuleGroupStatement'
          ? { VendorName: 'AWS', Name: 'grp' }
          : { ARN: arnOf('rulegroup', 'grp') }),
        ...more,
      },
    },
    { OverrideAction: { None: {} }, ...rest },
  )

/** What a statement looks at, where that does not matter. */
export const fieldOf = { FieldToMatch: { UriPath: {} }, TextTransformations: noTransformation }

export const rate = (more: object): unknown => ({
  RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP', ...more },
})

export const customKeys = (...CustomKeys: unknown[]): object => ({
  AggregateKeyType: 'CUSTOM_KEYS',
  CustomKeys,
})
