// Goal: a web ACL that is wrong is refused with AWS's field, parameter and reason.
// Method: rows, each with the whole reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  acl,
  any,
  arnOf,
  customKeys,
  fieldOf,
  get,
  group,
  grouped,
  inserting,
  labelMatch,
  rate,
  refused,
  regexMatch,
  rule,
  verdictOf,
  worldOf,
} from './rig.test.ts'

const world = worldOf(group)
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
