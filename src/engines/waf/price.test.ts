// Goal: capacity is what AWS's table says, of statements, of rules together and of rule groups.
// Method: rows, each a statement with its price.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRuleGroup, priceRules } from './price.ts'
import {
  acl,
  any,
  arnOf,
  byteMatch,
  compiled,
  customKeys,
  fieldOf,
  group,
  grouped,
  labelMatch,
  noTransformation,
  pathIs,
  rate,
  refused,
  regexMatch,
  rule,
  transformedBy,
  worldOf,
} from './rig.test.ts'

const world = worldOf(group)
const lower = transformedBy('LOWERCASE')
const json = { JsonBody: { MatchPattern: { All: {} }, MatchScope: 'ALL' } }
const xss = (FieldToMatch: unknown, TextTransformations: readonly unknown[] = noTransformation): unknown => ({
  XssMatchStatement: { FieldToMatch, TextTransformations },
})

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
