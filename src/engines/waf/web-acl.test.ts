// Goal: rules act in their order, as their groups and overrides say; a web ACL that is wrong is refused with AWS's
// field, parameter and reason; capacity is what AWS's table says.
// Method: rows, each with the whole reason. Long, since its tables are.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRuleGroup, priceRules } from './price.ts'
import type { RuleGroupSource, TokenFailure, WebRequest } from './request.ts'
import {
  acl,
  arnOf,
  byteMatch,
  compiled,
  get,
  labelMatch,
  noTransformation,
  own,
  pathIs,
  post,
  refused,
  regexMatch,
  rule,
  transformedBy,
  verdictOf,
  visibility,
  worldOf,
} from './rig.test.ts'
import type { Verdict } from './verdict.ts'
import { inspectOrBlock } from './web-acl.ts'

const any = {
  SizeConstraintStatement: {
    FieldToMatch: { UriPath: {} },
    ComparisonOperator: 'GE',
    Size: 0,
    TextTransformations: noTransformation,
  },
}
const action = (Action: unknown): { Action: unknown } => ({ Action })
const inserting = (Name: string, Value: string): unknown => ({
  CustomRequestHandling: { InsertHeaders: [{ Name, Value }] },
})

/** A verdict in one line. */
function told({ action: { type }, terminatingRule, nonTerminating }: Verdict): string {
  const name = (matched: Verdict['terminatingRule']): string =>
    matched === undefined
      ? 'default'
      : [matched.rule, matched.withinGroup?.rule].filter((part) => part !== undefined).join('/')
  return [
    ...nonTerminating.map((note) => `${note.action} ${name(note)}`),
    `${type} ${name(terminatingRule)}`,
  ].join(', ')
}

const tokenSays = (answer: 'valid' | TokenFailure): WebRequest => get('/', { token: () => answer })

const orders: readonly [name: string, rules: readonly unknown[], request: WebRequest, want: string][] = [
  ['nothing matches', [rule('a', 0, pathIs('/x'))], get('/'), 'ALLOW default'],
  [
    'by priority, not by place',
    [rule('late', 9, any), rule('early', 1, any, action({ Allow: {} }))],
    get('/'),
    'ALLOW early',
  ],
  [
    'count goes on',
    [rule('a', 0, any, action({ Count: {} })), rule('b', 1, any)],
    get('/'),
    'COUNT a, BLOCK b',
  ],
  [
    'no token ends it',
    [rule('a', 0, any, action({ Captcha: {} })), rule('b', 1, any)],
    get('/'),
    'CAPTCHA a',
  ],
  [
    'a bad token ends it',
    [rule('a', 0, any, action({ Challenge: {} }))],
    tokenSays('TOKEN_EXPIRED'),
    'CHALLENGE a',
  ],
  [
    'a valid token goes on',
    [rule('a', 0, any, action({ Challenge: {} })), rule('b', 1, any)],
    tokenSays('valid'),
    'CHALLENGE a, BLOCK b',
  ],
  [
    'a later rule sees a label',
    [
      rule('a', 0, any, { ...action({ Count: {} }), RuleLabels: [{ Name: 'x' }] }),
      rule('b', 1, labelMatch('x')),
    ],
    get('/'),
    'COUNT a, BLOCK b',
  ],
  [
    'an earlier one does not',
    [
      rule('a', 1, any, { ...action({ Count: {} }), RuleLabels: [{ Name: 'x' }] }),
      rule('b', 0, labelMatch('x')),
    ],
    get('/'),
    'COUNT a, ALLOW default',
  ],
]

test('web ACL: rows of order and action', () => {
  for (const [name, rules, request, want] of orders) assert.equal(told(verdictOf(rules, request)), want, name)
  assert.equal(orders.length, 8)
})

const group: RuleGroupSource = {
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
const world = worldOf(group)
const grouped = (more: object = {}, rest: object = {}, name = 'ManagedRuleGroupStatement'): unknown =>
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
const counted = { OverrideAction: { Count: {} } }

const groups: readonly [name: string, group: unknown, path: string, want: string][] = [
  ['a rule of the group acts', grouped(), '/bad', 'COUNT g/counts, BLOCK g/blocks'],
  [
    'a group of the account',
    grouped({}, {}, 'RuleGroupReferenceStatement'),
    '/bad',
    'COUNT g/counts, BLOCK g/blocks',
  ],
  ['an allow in a group ends it all', grouped(), '/good', 'COUNT g/counts, ALLOW g/allows'],
  ['nothing in the group ends it', grouped(), '/x', 'COUNT g/counts, BLOCK last'],
  ['labels of the group are its own', grouped(), '/label', 'COUNT g/counts, BLOCK g/ownLabel'],
  ['the group only counts', grouped({}, counted), '/bad', 'COUNT g/counts, COUNT g/blocks, BLOCK last'],
  [
    'an excluded rule counts',
    grouped({ ExcludedRules: [{ Name: 'blocks' }] }),
    '/bad',
    'COUNT g/counts, EXCLUDED_AS_COUNT g/blocks, BLOCK last',
  ],
  [
    'an overridden rule',
    grouped({ RuleActionOverrides: [{ Name: 'blocks', ActionToUse: { Allow: {} } }] }),
    '/bad',
    'COUNT g/counts, ALLOW g/blocks',
  ],
  [
    'a count overridden to block',
    grouped({ RuleActionOverrides: [{ Name: 'counts', ActionToUse: { Block: {} } }] }),
    '/x',
    'BLOCK g/counts',
  ],
  ['scoped down to elsewhere', grouped({ ScopeDownStatement: pathIs('/x') }), '/bad', 'BLOCK last'],
  [
    'scoped down to here',
    grouped({ ScopeDownStatement: pathIs('/bad') }),
    '/bad',
    'COUNT g/counts, BLOCK g/blocks',
  ],
  ['a version', grouped({ Version: 'Version_1.0' }), '/bad', 'COUNT g/counts, BLOCK g/blocks'],
]

test('web ACL: rows of rule groups', () => {
  for (const [name, given, path, want] of groups)
    assert.equal(told(verdictOf([given, rule('last', 1, any)], get(path), world)), want, name)
  assert.equal(groups.length, 12)
})

test('web ACL: what was overridden is told', () => {
  const overriding = grouped({ RuleActionOverrides: [{ Name: 'blocks', ActionToUse: { Count: {} } }] })
  const { nonTerminating } = verdictOf([overriding], get('/bad'), world)
  assert.deepEqual(
    nonTerminating.map(({ withinGroup }) => withinGroup?.overridden),
    [undefined, 'BLOCK'],
  )
  assert.equal(nonTerminating[1]?.withinGroup?.visibility.MetricName, 'blocks')
  assert.equal(nonTerminating[1]?.visibility.MetricName, 'g')
})

test('web ACL: a block answers what the rule says', () => {
  const CustomResponse = {
    ResponseCode: 418,
    CustomResponseBodyKey: 'tea',
    ResponseHeaders: [{ Name: 'X-Why', Value: 'tea' }],
  }
  const CustomResponseBodies = { tea: { ContentType: 'TEXT_PLAIN', Content: 'short and stout' } }
  const custom = compiled(
    acl([rule('a', 0, any, action({ Block: { CustomResponse } }))], { CustomResponseBodies }),
  )
  assert.deepEqual(custom.inspect(get('/'), 0).action, {
    type: 'BLOCK',
    response: {
      statusCode: 418,
      headers: [['X-Why', 'tea']],
      body: { contentType: 'TEXT_PLAIN', content: 'short and stout' },
    },
  })
  assert.deepEqual(verdictOf([rule('a', 0, any)], get('/')).action, {
    type: 'BLOCK',
    response: { statusCode: 403, headers: [] },
  })
  assert.equal(compiled(acl([], { DefaultAction: { Block: {} } })).inspect(get('/'), 0).action.type, 'BLOCK')
})

test('web ACL: headers are inserted into a request that goes on, and only there', () => {
  const rules = (last: unknown): readonly unknown[] => [
    rule('a', 0, any, action({ Count: inserting('A', '1') })),
    rule('b', 1, any, action(last)),
  ]
  assert.deepEqual(verdictOf(rules({ Allow: inserting('b', '2') }), get('/')).insertedHeaders, [
    ['x-amzn-waf-A', '1'],
    ['x-amzn-waf-b', '2'],
  ])
  assert.deepEqual(verdictOf(rules({ Block: {} }), get('/')).insertedHeaders, [])
  assert.deepEqual(
    compiled(acl([], { DefaultAction: { Allow: inserting('d', '3') } })).inspect(get('/'), 0).insertedHeaders,
    [['x-amzn-waf-d', '3']],
  )
})

test("web ACL: immunity is the rule's, else the web ACL's, else 300 seconds", () => {
  const config = (ImmunityTime: number): object => ({ ImmunityTimeProperty: { ImmunityTime } })
  const asked = (ruleMore: object, aclMore: Readonly<Record<string, unknown>>): unknown => {
    const { action: decision } = compiled(
      acl([rule('a', 0, any, { ...action({ Captcha: {} }), ...ruleMore })], aclMore),
    ).inspect(get('/'), 0)
    return decision
  }
  const captcha = (immunitySec: number): object => ({
    type: 'CAPTCHA',
    immunitySec,
    failure: 'TOKEN_MISSING',
  })
  assert.deepEqual(asked({ CaptchaConfig: config(60) }, { CaptchaConfig: config(90) }), captcha(60))
  assert.deepEqual(asked({ ChallengeConfig: config(60) }, { CaptchaConfig: config(90) }), captcha(90))
  assert.deepEqual(asked({}, { ChallengeConfig: config(90) }), captcha(300))
})

test('web ACL: a bug blocks, and is reported', () => {
  const broken = {
    ...compiled(acl([])),
    inspect: (): never => {
      throw new Error('bug')
    },
  }
  const bugs: unknown[] = []
  const verdict = inspectOrBlock(broken, get('/'), 0, (bug) => bugs.push(bug))
  assert.deepEqual(verdict.action, { type: 'BLOCK', response: { statusCode: 500, headers: [] } })
  assert.equal(bugs.length, 1)
})

const fieldOf = { FieldToMatch: { UriPath: {} }, TextTransformations: noTransformation }
const lower = transformedBy('LOWERCASE')
const json = { JsonBody: { MatchPattern: { All: {} }, MatchScope: 'ALL' } }
const xss = (FieldToMatch: unknown, TextTransformations: readonly unknown[] = noTransformation): unknown => ({
  XssMatchStatement: { FieldToMatch, TextTransformations },
})
const rate = (more: object): unknown => ({
  RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP', ...more },
})
const customKeys = (...CustomKeys: unknown[]): object => ({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys })

const prices: readonly [name: string, statement: unknown, want: number][] = [
  ['EXACTLY', pathIs('/'), 2],
  ['STARTS_WITH', byteMatch({ UriPath: {} }, '/', 'STARTS_WITH'), 2],
  ['ENDS_WITH', byteMatch({ UriPath: {} }, '/', 'ENDS_WITH'), 2],
  ['CONTAINS', byteMatch({ UriPath: {} }, '/'), 10],
  ['CONTAINS_WORD', byteMatch({ UriPath: {} }, '/', 'CONTAINS_WORD'), 10],
  ['regex', regexMatch('a'), 3],
  [
    'regex set',
    { RegexPatternSetReferenceStatement: { ARN: arnOf('regexpatternset', 'admin'), ...fieldOf } },
    25,
  ],
  ['SQL, low', { SqliMatchStatement: fieldOf }, 20],
  ['SQL, high', { SqliMatchStatement: { ...fieldOf, SensitivityLevel: 'HIGH' } }, 30],
  ['script', xss({ UriPath: {} }), 40],
  ['size', any, 1],
  ['geo', { GeoMatchStatement: { CountryCodes: ['DE'] } }, 1],
  ['ASN', { AsnMatchStatement: { AsnList: [1] } }, 1],
  ['IP set', { IPSetReferenceStatement: { ARN: arnOf('ipset', 'empty') } }, 1],
  [
    'IP set, any address',
    {
      IPSetReferenceStatement: {
        ARN: arnOf('ipset', 'empty'),
        IPSetForwardedIPConfig: { HeaderName: 'X', FallbackBehavior: 'MATCH', Position: 'ANY' },
      },
    },
    5,
  ],
  ['label', labelMatch('a'), 1],
  ['and', { AndStatement: { Statements: [any, regexMatch('a')] } }, 4],
  ['or', { OrStatement: { Statements: [any, any, any] } }, 3],
  ['not', { NotStatement: { Statement: any } }, 1],
  ['rate', rate({}), 2],
  ['rate, scoped down', rate({ ScopeDownStatement: any }), 3],
  ['rate, two custom keys', rate(customKeys({ HTTPMethod: {} }, { ASN: {} })), 62],
  ['rate, a transformed key', rate(customKeys({ UriPath: { TextTransformations: lower } })), 42],
  ['managed group', { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'grp' } }, 100],
  [
    'managed group, scoped down',
    { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'grp', ScopeDownStatement: any } },
    101,
  ],
  ['rule group', { RuleGroupReferenceStatement: { ARN: arnOf('rulegroup', 'grp') } }, 100],
  ['all query arguments', xss({ AllQueryArguments: {} }), 50],
  ['JSON body', xss(json), 80],
  ['a transformation', xss({ UriPath: {} }, lower), 50],
  ['two, and NONE', xss(json, transformedBy('LOWERCASE', 'NONE', 'URL_DECODE')), 100],
]

test('capacity: rows of the table', () => {
  for (const [name, statement, want] of prices) {
    const isGroup = /group/.test(name)
    const given = [rule('a', 0, statement, isGroup ? { OverrideAction: { None: {} } } : {})]
    assert.deepEqual(priceRules(given, undefined, world), { ok: true, value: want }, name)
    assert.equal(compiled(acl(given), world).capacity, want, name)
  }
  assert.equal(prices.length, 30)
})

test('capacity: 5,000 units and no more', () => {
  const rules = (count: number): readonly unknown[] =>
    Array.from({ length: count }, (_, at) => rule(`r${at}`, at, byteMatch({ UriPath: {} }, `text${at}`)))
  assert.equal(compiled(acl(rules(500))).capacity, 5000)
  assert.deepEqual(refused(acl(rules(501))), {
    code: 'WAFLimitsExceededException',
    field: 'ENTITY_LIMIT',
    parameter: 'WEB_ACL_CAPACITY',
    reason: 'the rules take 5010 capacity units of 5000',
  })
})

test('rule group: checked by itself, within the capacity that it was made with', () => {
  assert.deepEqual(checkRuleGroup(group, worldOf()), { ok: true, value: 8 })
  const small = checkRuleGroup({ ...group, Capacity: 7 }, worldOf())
  assert.ok(!small.ok && small.refusal.field === 'RULE_GROUP')
  const nested = checkRuleGroup({ ...group, Rules: [grouped()] }, world)
  assert.ok(!nested.ok && nested.refusal.reason === 'a rule group must not refer to another')
})

const statement = (given: unknown): unknown => acl([rule('a', 0, given)])
const inPath = (more: object): unknown =>
  statement({
    ByteMatchStatement: { ...fieldOf, SearchString: 'x', PositionalConstraint: 'CONTAINS', ...more },
  })
const field = (FieldToMatch: unknown): unknown => inPath({ FieldToMatch })
const acts = (Action: unknown): unknown => acl([rule('a', 0, any, { Action })])
const nested = (depth: number): unknown =>
  depth === 0 ? any : { NotStatement: { Statement: nested(depth - 1) } }
const keys = (...given: unknown[]): unknown => statement(rate(customKeys(...given)))

const refusals: readonly [name: string, given: unknown, want: string][] = [
  ['no web ACL', null, 'WEB_ACL WebACL: must be an object'],
  ['an unknown member', acl([], { Rule: [] }), 'WEB_ACL Rule: is not a member of WebACL'],
  ['no default action', acl([], { DefaultAction: undefined }), 'DEFAULT_ACTION DefaultAction: is required'],
  [
    'a default action that is none',
    acl([], { DefaultAction: { Count: {} } }),
    'DEFAULT_ACTION COUNT: must be Allow or Block',
  ],
  ['payments', acts({ Monetize: {} }), 'RULE_ACTION Monetize: is not supported: payments are not enforced'],
  [
    'firewall manager',
    acl([], { PreProcessFirewallManagerRuleGroups: [{}] }),
    'WEB_ACL PreProcessFirewallManagerRuleGroups: must have 0 to 0 elements and has 1',
  ],
  [
    'two rules of one name',
    acl([rule('a', 0, any), rule('a', 1, any)]),
    'RULE a: each rule must have a name of its own',
  ],
  [
    'two rules of one priority',
    acl([rule('a', 0, any), rule('b', 0, any)]),
    'RULE 0: each rule must have a priority of its own',
  ],
  [
    'a rule without action',
    acl([rule('a', 0, any, { Action: undefined })]),
    'RULE_ACTION Action: is required',
  ],
  ['two actions', acts({ Block: {}, Allow: {} }), 'RULE_ACTION Block, Allow: must have exactly one member'],
  [
    'an action of Object',
    acts(JSON.parse('{"constructor":{}}')),
    'RULE_ACTION constructor: is not a member of Action',
  ],
  [
    'an override without group',
    acl([rule('a', 0, any, { Action: { Block: {} }, OverrideAction: { None: {} } })]),
    'OVERRIDE_ACTION a: only a rule that refers to a rule group has OverrideAction',
  ],
  [
    'a group with action',
    acl([rule('a', 0, { RuleGroupReferenceStatement: { ARN: arnOf('rulegroup', 'grp') } })]),
    'RULE_ACTION a: a rule that refers to a rule group has OverrideAction, not Action',
  ],
  [
    'a reserved label',
    acl([rule('a', 0, any, { RuleLabels: [{ Name: 'awswaf:x' }] })]),
    'RULE awswaf:x: is not a label that a rule may add',
  ],
  [
    'no such body',
    acts({ Block: { CustomResponse: { ResponseCode: 200, CustomResponseBodyKey: 'x' } } }),
    'CUSTOM_RESPONSE_BODY x: there is no such custom response body',
  ],
  [
    'a status out of range',
    acts({ Block: { CustomResponse: { ResponseCode: 199 } } }),
    'CUSTOM_RESPONSE 199: ResponseCode must be an integer from 200 to 599',
  ],
  [
    'a header that ends',
    acts({ Allow: inserting('a', 'x\r\ny: z') }),
    'CUSTOM_REQUEST_HANDLING x\r\ny: z: Value must match ^[^\\0-\\x08\\x0a-\\x1f\\x7f]*$',
  ],
  [
    'a header twice',
    acts({
      Allow: {
        CustomRequestHandling: {
          InsertHeaders: [
            { Name: 'a', Value: '1' },
            { Name: 'A', Value: '2' },
          ],
        },
      },
    }),
    'CUSTOM_REQUEST_HANDLING InsertHeaders: must not name a header twice',
  ],
  ['an empty statement', statement({}), 'STATEMENT Statement: must have exactly one member'],
  [
    'an unknown statement',
    statement({ MagicStatement: {} }),
    'STATEMENT MagicStatement: is not a member of Statement',
  ],
  [
    'a statement of Object',
    statement(JSON.parse('{"__proto__":{}}')),
    'STATEMENT __proto__: is not a member of Statement',
  ],
  [
    'and of one',
    statement({ AndStatement: { Statements: [any] } }),
    'AND_STATEMENT Statements: must have 2 to 1000 elements and has 1',
  ],
  ['nested too deep', statement(nested(20)), 'STATEMENT Statement: must not nest deeper than 20'],
  [
    'a rate within',
    statement({ NotStatement: { Statement: rate({}) } }),
    'STATEMENT RateBasedStatement: must not stand within NotStatement',
  ],
  [
    'a rate scoped by a rate',
    statement(rate({ ScopeDownStatement: rate({}) })),
    'STATEMENT RateBasedStatement: must not stand within RateBasedStatement',
  ],
  [
    'a group within',
    statement({
      NotStatement: { Statement: { RuleGroupReferenceStatement: { ARN: arnOf('rulegroup', 'grp') } } },
    }),
    'STATEMENT RuleGroupReferenceStatement: must not stand within NotStatement',
  ],
  [
    'nothing to search',
    inPath({ SearchString: '' }),
    'BYTE_MATCH_STATEMENT SearchString: must have 1 to 200 bytes',
  ],
  [
    'too much to search',
    inPath({ SearchString: '\u00e9'.repeat(101) }),
    'BYTE_MATCH_STATEMENT SearchString: must have 1 to 200 bytes',
  ],
  [
    'an unknown position',
    inPath({ PositionalConstraint: 'NEAR' }),
    'BYTE_MATCH_STATEMENT NEAR: PositionalConstraint must be one of EXACTLY, STARTS_WITH, ENDS_WITH, CONTAINS, CONTAINS_WORD',
  ],
  [
    'an unknown member of a statement',
    inPath({ Negated: true }),
    'BYTE_MATCH_STATEMENT Negated: is not a member of Statement',
  ],
  [
    'no transformation',
    inPath({ TextTransformations: [] }),
    'TEXT_TRANSFORMATION TextTransformations: must have 1 to 10 elements and has 0',
  ],
  [
    'an unknown transformation',
    inPath({ TextTransformations: [{ Priority: 0, Type: 'ROT13' }] }),
    'TEXT_TRANSFORMATION ROT13: Type must be one of ',
  ],
  [
    'transformations of one priority',
    inPath({
      TextTransformations: [
        { Priority: 0, Type: 'NONE' },
        { Priority: 0, Type: 'TRIM' },
      ],
    }),
    'TEXT_TRANSFORMATION TextTransformations: each transformation must have a priority of its own',
  ],
  [
    'a path parsed before',
    inPath({ PreParseTextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }] }),
    'PRE_PARSE_TEXT_TRANSFORMATION UriPath: only query arguments are parsed',
  ],
  ['no field', field({}), 'FIELD_TO_MATCH FieldToMatch: must have exactly one member'],
  ['an unknown field', field({ Trailer: {} }), 'FIELD_TO_MATCH Trailer: is not a member of FieldToMatch'],
  [
    'a field with a member too many',
    field({ UriPath: { x: 1 } }),
    'FIELD_TO_MATCH x: is not a member of UriPath',
  ],
  [
    'a part of a fingerprint',
    field({ JA3Fingerprint: { FallbackBehavior: 'MATCH' } }),
    'FIELD_TO_MATCH JA3Fingerprint:MATCH: can only be matched by ByteMatchStatement with EXACTLY',
  ],
  [
    'a header without name',
    field({ SingleHeader: { Name: '' } }),
    'SINGLE_HEADER : Name must have 1 to 64 characters',
  ],
  [
    'a header pattern of nothing',
    field({ Headers: { MatchPattern: {}, MatchScope: 'ALL', OversizeHandling: 'MATCH' } }),
    'HEADER_MATCH_PATTERN MatchPattern: must have exactly one member',
  ],
  [
    'an unknown oversize handling',
    field({ Body: { OversizeHandling: 'SKIP' } }),
    'OVERSIZE_HANDLING SKIP: OversizeHandling must be one of CONTINUE, MATCH, NO_MATCH',
  ],
  [
    'a JSON path without slash',
    field({ JsonBody: { MatchPattern: { IncludedPaths: ['a'] }, MatchScope: 'ALL' } }),
    'JSON_MATCH_PATTERN a: IncludedPaths must match ',
  ],
  ['no regular expression', statement(regexMatch('(')), 'STATEMENT (: not a regular expression: '],
  [
    'no such pattern set',
    statement({ RegexPatternSetReferenceStatement: { ARN: arnOf('regexpatternset', 'no'), ...fieldOf } }),
    `REGEX_PATTERN_REFERENCE_STATEMENT ${arnOf('regexpatternset', 'no')}: there is no such regex pattern set`,
  ],
  [
    'no such IP set',
    statement({ IPSetReferenceStatement: { ARN: arnOf('ipset', 'no') } }),
    `IP_SET_REFERENCE_STATEMENT ${arnOf('ipset', 'no')}: there is no such IP set`,
  ],
  [
    'no such group',
    acl([grouped({ Name: 'no' })]),
    'MANAGED_RULE_SET_STATEMENT AWS#no: there is no such managed rule group',
  ],
  [
    'no such version',
    acl([grouped({ Version: '2' })]),
    'MANAGED_RULE_SET_STATEMENT AWS#grp#2: there is no such managed rule group',
  ],
  [
    'no such rule to exclude',
    acl([grouped({ ExcludedRules: [{ Name: 'no' }] })]),
    'RULE_ACTION no: grp has no such rule',
  ],
  [
    'a country that is none',
    statement({ GeoMatchStatement: { CountryCodes: ['Germany'] } }),
    'GEO_MATCH_STATEMENT Germany: CountryCodes must have 2 to 2 characters',
  ],
  [
    'a namespace without end',
    statement(labelMatch('a', 'NAMESPACE')),
    'LABEL_MATCH_STATEMENT a: a NAMESPACE key must end with a colon, and a LABEL key must not',
  ],
  [
    'a label with end',
    statement(labelMatch('a:')),
    'LABEL_MATCH_STATEMENT a:: a NAMESPACE key must end with a colon, and a LABEL key must not',
  ],
  [
    'too low a limit',
    statement(rate({ Limit: 9 })),
    'RATE_BASED_STATEMENT 9: Limit must be an integer from 10 to 2000000000',
  ],
  [
    'another window',
    statement(rate({ EvaluationWindowSec: 30 })),
    'RATE_BASED_STATEMENT 30: EvaluationWindowSec must be one of 60, 120, 300, 600',
  ],
  [
    'constant for all',
    statement(rate({ AggregateKeyType: 'CONSTANT' })),
    'RATE_BASED_STATEMENT ScopeDownStatement: is required with AggregateKeyType CONSTANT',
  ],
  [
    'forwarded by nothing',
    statement(rate({ AggregateKeyType: 'FORWARDED_IP' })),
    'RATE_BASED_STATEMENT ForwardedIPConfig: is required for a forwarded address',
  ],
  [
    'custom keys for an address',
    statement(rate({ CustomKeys: [{ HTTPMethod: {} }] })),
    'RATE_BASED_STATEMENT CustomKeys: must be given with AggregateKeyType CUSTOM_KEYS and with no other',
  ],
  [
    'no custom keys',
    keys(),
    'RATE_BASED_STATEMENT CustomKeys: must be given with AggregateKeyType CUSTOM_KEYS and with no other',
  ],
  [
    'six custom keys',
    keys(...Array.from({ length: 6 }, () => ({ HTTPMethod: {} }))),
    'RATE_BASED_STATEMENT CustomKeys: must have 0 to 5 elements and has 6',
  ],
  [
    'the address alone',
    keys({ IP: {} }),
    'RATE_BASED_STATEMENT IP: must be combined with another custom key; use AggregateKeyType for the address alone',
  ],
  ['an unknown key', keys({ Moon: {} }), 'CUSTOM_KEYS Moon: is not a member of CustomKeys'],
  [
    'eleven rates',
    acl(Array.from({ length: 11 }, (_, at) => rule(`r${at}`, at, rate({})))),
    'ENTITY_LIMIT RATE_BASED_RULE: a web ACL may have 10 rate-based rules',
  ],
]

test('web ACL: rows of refusals', () => {
  for (const [name, given, want] of refusals) {
    const { field: where, parameter, reason } = refused(given, world)
    assert.ok(
      `${where} ${parameter}: ${reason}`.startsWith(want),
      `${name}: ${where} ${parameter}: ${reason}`,
    )
  }
  assert.equal(refusals.length, 61)
  assert.equal(refused(statement(nested(20))).code, 'WAFInvalidParameterException')
  assert.equal(refused(acl([grouped({ Name: 'no' })])).code, 'WAFNonexistentItemException')
})

test('web ACL: nested as deep as allowed', () => {
  assert.equal(verdictOf([rule('a', 0, nested(19))], get('/')).action.type, 'ALLOW')
  assert.equal(verdictOf([rule('a', 0, nested(18))], get('/')).action.type, 'BLOCK')
})

test("web ACL: a rule's labels are qualified, and bytes may be bytes", () => {
  const given = rule('a', 0, byteMatch({ Body: {} }, Uint8Array.of(0xff, 0)), {
    ...action({ Count: {} }),
    RuleLabels: [{ Name: 'x:y' }],
    VisibilityConfig: visibility('m'),
  })
  const verdict = verdictOf([given], post('', { body: Uint8Array.of(1, 0xff, 0) }))
  assert.deepEqual(verdict.labels, [`${own}x:y`])
  assert.equal(verdict.nonTerminating[0]?.visibility.MetricName, 'm')
})
