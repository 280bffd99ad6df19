// Goal: managed rule groups are used as AWS's are: versions, overrides, exclusions, labels, lists that the host gives; and users' rules
// reach nothing of the engine's own.
// Method: web ACLs that refer to a group, asked about one attack; groups made with a host's lists.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressSet } from '../address.ts'
import { acl, noTransformation, own, refused, rule, verdictOf } from '../rig.test.ts'
import { detection, EngineStatement } from '../statements/index.ts'
import { managedRuleGroups, type ManagedSources, noSources } from './index.ts'
import {
  agent,
  bots,
  browse,
  carrying,
  core,
  groupNamed,
  groups,
  listed,
  matchedRules,
  statementOf,
  worldWith,
} from './rig.test.ts'

test("a user's rule cannot name the engine's own statements", () => {
  const rows = [
    { EngineStatement: {} },
    { DetectionStatement: { Part: 'BODY', Detectors: ['SqlInjection'] } },
    { form: 'match', nestable: true },
    // What is left of an instance once it has been written as JSON.
    JSON.parse(JSON.stringify(detection('BODY', ['SqlInjection']))) as unknown,
    Object.fromEntries(Object.entries(detection('BODY', ['SqlInjection']))),
    { NotStatement: { Statement: { EngineStatement: {} } } },
  ]
  for (const statement of rows)
    assert.equal(refused(acl([rule('it', 0, statement)])).code, 'WAFInvalidParameterException')
  assert.equal(rows.length, 6)
  assert.ok(detection('BODY', ['SqlInjection']) instanceof EngineStatement)
})

const sqli = groupNamed('AWSManagedRulesSQLiRuleSet')
const attack = carrying.QUERYARGUMENTS("' OR 1=1 -- ")

function sqliVerdict(more: object): ReturnType<typeof verdictOf> {
  return verdictOf(
    [rule('sql', 0, statementOf(sqli, more), { OverrideAction: { None: {} } })],
    attack,
    worldWith(groups),
  )
}

test("a web ACL changes what a managed group's rules do, as it does with AWS's", () => {
  assert.equal(sqliVerdict({}).action.type, 'BLOCK')
  assert.equal(sqliVerdict({}).terminatingRule?.withinGroup?.rule, 'SQLi_QUERYARGUMENTS')
  assert.equal(sqliVerdict({ Version: 'Version_1.0' }).action.type, 'BLOCK')
  const counted = sqliVerdict({
    RuleActionOverrides: [{ Name: 'SQLi_QUERYARGUMENTS', ActionToUse: { Count: {} } }],
  })
  assert.equal(counted.action.type, 'ALLOW')
  assert.deepEqual(counted.labels, ['awswaf:managed:aws:sql-database:SQLi_QueryArguments'])
  const excluded = sqliVerdict({ ExcludedRules: [{ Name: 'SQLi_QUERYARGUMENTS' }] })
  assert.equal(excluded.nonTerminating[0]?.action, 'EXCLUDED_AS_COUNT')
  const elsewhere = sqliVerdict({
    ScopeDownStatement: {
      ByteMatchStatement: {
        FieldToMatch: { UriPath: {} },
        SearchString: '/api/',
        PositionalConstraint: 'STARTS_WITH',
        TextTransformations: noTransformation,
      },
    },
  })
  assert.equal(elsewhere.action.type, 'ALLOW')
})

test('an unknown vendor, group, version or rule is refused', () => {
  const rows = [
    [{ VendorName: 'Redoubt', Name: core }, 'WAFNonexistentItemException'],
    [{ VendorName: 'AWS', Name: 'AWSManagedRulesNothing' }, 'WAFNonexistentItemException'],
    [{ VendorName: 'AWS', Name: core, Version: 'Version_9.9' }, 'WAFNonexistentItemException'],
    [
      { VendorName: 'AWS', Name: 'AWSManagedRulesAnonymousIpList', Version: 'Version_1.0' },
      'WAFNonexistentItemException',
    ],
    [{ VendorName: 'AWS', Name: core, ExcludedRules: [{ Name: 'None' }] }, 'WAFInvalidParameterException'],
  ] as const
  for (const [ManagedRuleGroupStatement, code] of rows) {
    const refusal = refused(
      acl([rule('it', 0, { ManagedRuleGroupStatement }, { OverrideAction: { None: {} } })]),
      worldWith(groups),
    )
    assert.equal(refusal.code, code, JSON.stringify(ManagedRuleGroupStatement))
  }
  assert.equal(rows.length, 5)
})

test("lists of addresses are the host's, and empty without it", () => {
  const set = addressSet(['203.0.113.0/24'])
  assert.ok(set.ok)
  const lists = Object.fromEntries(Object.keys(noSources.lists).map((name) => [name, set.value]))
  // The keys are those of the interface, which noSources has.
  const known = managedRuleGroups({ ...noSources, lists: lists as unknown as ManagedSources['lists'] })
  let ran = 0
  for (const { Name: name, Rules } of groups)
    for (const { Name } of Rules.filter((one) => listed.includes(one.Name))) {
      assert.ok(!matchedRules(groupNamed(name), browse('/')).rules.includes(Name), Name)
      assert.ok(matchedRules(groupNamed(name, known), browse('/')).rules.includes(Name), Name)
      const elsewhere = { ...browse('/'), clientAddress: '198.51.100.1' }
      assert.ok(!matchedRules(groupNamed(name, known), elsewhere).rules.includes(Name), Name)
      ran += 1
    }
  assert.equal(ran, listed.length)
})

test('a bot that the host verifies is labelled and not matched; one that only says so is', () => {
  const known = managedRuleGroups({
    ...noSources,
    isVerifiedBot: (name) => name === 'googlebot' || name === 'gptbot',
  })
  const namespace = 'awswaf:managed:aws:bot-control:bot:'
  const rows = [
    ['Mozilla/5.0 (compatible; Googlebot/2.1)', 'search_engine', 'verified', false],
    ['Mozilla/5.0 (compatible; bingbot/2.0)', 'search_engine', 'unverified', true],
    // AI's bots are matched though verified. Source: AWS WAF Developer Guide, "Bot Control rule group".
    ['Mozilla/5.0 (compatible; GPTBot/1.2)', 'ai', 'verified', true],
  ] as const
  for (const [userAgent, category, verified, matched] of rows) {
    const { rules, labels } = matchedRules(groupNamed(bots, known), agent(userAgent))
    assert.equal(
      rules.some((name) => name.startsWith('Category')),
      matched,
      userAgent,
    )
    for (const label of [`category:${category}`, verified])
      assert.ok(labels.includes(namespace + label), label)
  }
  assert.equal(rows.length, 3)
})

test("a label of a managed group is seen by the web ACL's rules after it", () => {
  const verdict = verdictOf(
    [
      rule('sql', 0, statementOf(sqli), { OverrideAction: { Count: {} } }),
      rule(
        'after',
        1,
        {
          LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'awswaf:managed:aws:sql-database:' },
        },
        { RuleLabels: [{ Name: 'seen' }] },
      ),
    ],
    attack,
    worldWith(groups),
  )
  assert.equal(verdict.terminatingRule?.rule, 'after')
  assert.ok(verdict.labels.includes(`${own}seen`))
})
