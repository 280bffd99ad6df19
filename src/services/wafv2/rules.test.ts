// Goal: rule groups and web ACLs compile when they are saved, refer only to what is there and allowed, and keep their capacity.
// Method: AWS's own client through the whole pipeline; rows with reasons; each fault once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreateRuleGroupRequest, CreateWebACLRequest, Rule, WAFV2 } from '@aws-sdk/client-wafv2'
import {
  blockRule,
  here,
  invalid,
  type Made,
  made,
  newIPSet,
  noId,
  pathStarts,
  refusal,
  rig,
  there,
  visibility,
} from './rig.test.ts'

const Scope = 'REGIONAL'
const unavailable =
  'WAFUnavailableEntityException: AWS WAF couldn’t retrieve the resource that you requested. Retry your request.'
const limit =
  'WAFLimitsExceededException: AWS WAF couldn’t perform the operation because you exceeded your resource limit.'
const associated =
  'WAFAssociatedItemException: AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.'
const stale = /^WAFOptimisticLockException/
const nonexistent = /^WAFNonexistentItemException/
const duplicate = /^WAFDuplicateItemException/

const group = (Rules: Rule[], more: Partial<CreateRuleGroupRequest> = {}): CreateRuleGroupRequest => ({
  Name: 'group',
  Scope,
  Capacity: 50,
  VisibilityConfig: visibility('group'),
  Rules,
  ...more,
})
const acl = (Rules: Rule[], more: Partial<CreateWebACLRequest> = {}): CreateWebACLRequest => ({
  Name: 'acl',
  Scope,
  DefaultAction: { Allow: {} },
  VisibilityConfig: visibility('acl'),
  Rules,
  ...more,
})
const inSet = (ARN: string) => blockRule('set', { IPSetReferenceStatement: { ARN } }, 1)
const usesGroup = (ARN: string): Rule => ({
  Name: 'uses',
  Priority: 5,
  Statement: { RuleGroupReferenceStatement: { ARN } },
  OverrideAction: { None: {} },
  VisibilityConfig: visibility('uses'),
})
const usesPatterns = (ARN: string) =>
  blockRule('patterns', {
    RegexPatternSetReferenceStatement: {
      ARN,
      FieldToMatch: { UriPath: {} },
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    },
  })
const arnOf = (kind: string, account: string = here, region = 'us-east-1', scope = 'regional') =>
  `arn:aws:wafv2:${region}:${account}:${scope}/${kind}/absent/${noId}`

async function ruleRows(rows: readonly (readonly [string, () => Promise<unknown>, string | RegExp])[]) {
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  return ran
}

test('a rule group is made, shown, changed and deleted', async () => {
  const { admin } = await rig()
  const set = await newIPSet(admin, 'set')
  const rules: Rule[] = [
    { ...blockRule('path', pathStarts('\u00e9/\u0000')), RuleLabels: [{ Name: 'seen' }] },
    inSet(set.ARN),
    blockRule('label', { LabelMatchStatement: { Scope: 'LABEL', Key: 'seen' } }, 2),
  ]
  const { Name, Id, ARN, LockToken } = made(
    await admin.createRuleGroup(group(rules, { Description: 'ours' })),
  )
  assert.equal(ARN, `arn:aws:wafv2:us-east-1:${here}:regional/rulegroup/group/${Id}`)
  const shown = await admin.getRuleGroup({ ARN })
  assert.equal(shown.LockToken, LockToken)
  const { Rules, ...rest } = shown.RuleGroup ?? {}
  const search = Rules?.[0]?.Statement?.ByteMatchStatement?.SearchString
  assert.equal(Buffer.from(search ?? []).toString(), '\u00e9/\u0000', 'bytes come back as they were')
  assert.deepEqual(
    Rules?.map(({ Name }) => Name),
    ['path', 'set', 'label'],
  )
  assert.deepEqual(rest, {
    Name,
    Id,
    ARN,
    Capacity: 50,
    Description: 'ours',
    VisibilityConfig: visibility('group'),
    LabelNamespace: `awswaf:${here}:rulegroup:group:`,
    AvailableLabels: [{ Name: `awswaf:${here}:rulegroup:group:seen` }],
    ConsumedLabels: [{ Name: `awswaf:${here}:rulegroup:group:seen` }],
  })
  const change = { Name, Scope, Id, VisibilityConfig: visibility('other') } as const
  const { NextLockToken } = await admin.updateRuleGroup({ ...change, LockToken })
  assert.match(await refusal(admin.updateRuleGroup({ ...change, LockToken })), stale)
  const after = await admin.getRuleGroup({ Name, Scope, Id })
  assert.deepEqual(after.RuleGroup?.Rules, [])
  assert.equal(after.RuleGroup.Capacity, 50, 'it keeps the capacity that it was made with')
  await admin.deleteIPSet({ ...set, Scope })
  await admin.deleteRuleGroup({ Name, Scope, Id, LockToken: NextLockToken })
  assert.match(await refusal(admin.getRuleGroup({ ARN })), nonexistent)
  assert.deepEqual((await admin.listRuleGroups({ Scope })).RuleGroups, [])
})

test('a web ACL is made, shown, changed and deleted', async () => {
  const { admin } = await rig()
  const { ARN: used } = made(await admin.createRuleGroup(group([])))
  const bodies = { CustomResponseBodies: { no: { ContentType: 'TEXT_PLAIN' as const, Content: 'no' } } }
  const custom: Rule = {
    ...blockRule('path', pathStarts('/admin')),
    Action: { Block: { CustomResponse: { ResponseCode: 418, CustomResponseBodyKey: 'no' } } },
  }
  const { Name, Id, ARN, LockToken } = made(
    await admin.createWebACL(acl([custom, usesGroup(used)], { ...bodies, TokenDomains: ['example.com'] })),
  )
  assert.equal(ARN, `arn:aws:wafv2:us-east-1:${here}:regional/webacl/acl/${Id}`)
  const shown = await admin.getWebACL({ Name, Scope, Id })
  assert.equal(shown.LockToken, LockToken)
  const { Rules, ...rest } = shown.WebACL ?? {}
  assert.equal(Rules?.length, 2)
  assert.deepEqual(rest, {
    Name,
    Id,
    ARN,
    DefaultAction: { Allow: {} },
    VisibilityConfig: visibility('acl'),
    Capacity: 52,
    ManagedByFirewallManager: false,
    RetrofittedByFirewallManager: false,
    LabelNamespace: `awswaf:${here}:webacl:acl:`,
    TokenDomains: ['example.com'],
    ...bodies,
  })
  const change = {
    Name,
    Scope,
    Id,
    DefaultAction: { Block: {} },
    VisibilityConfig: visibility('acl'),
  } as const
  const { NextLockToken } = await admin.updateWebACL({ ...change, LockToken })
  assert.match(await refusal(admin.updateWebACL({ ...change, LockToken })), stale)
  assert.match(await refusal(admin.deleteWebACL({ Name, Scope, Id, LockToken })), stale)
  const { WebACL } = await admin.getWebACL({ ARN })
  assert.deepEqual(
    [WebACL?.Capacity, WebACL?.DefaultAction, WebACL?.TokenDomains],
    [0, { Block: {} }, undefined],
  )
  await admin.deleteWebACL({ Name, Scope, Id, LockToken: NextLockToken })
  assert.match(await refusal(admin.getWebACL({ ARN })), nonexistent)
  assert.deepEqual((await admin.listWebACLs({ Scope })).WebACLs, [])
})

test('what is told of an application stays, and is not told otherwise', async () => {
  const { admin } = await rig()
  const attributes = (...Values: string[]) => ({
    ApplicationConfig: { Attributes: [{ Name: 'kind', Values }] },
  })
  const { Name, Id, ARN, LockToken } = made(await admin.createWebACL(acl([], attributes('shop'))))
  const change = { ...acl([]), Name, Id }
  const { NextLockToken } = await admin.updateWebACL({ ...change, LockToken })
  const shown = async () => (await admin.getWebACL({ ARN })).WebACL?.ApplicationConfig
  assert.deepEqual(await shown(), attributes('shop').ApplicationConfig)
  assert.match(
    await refusal(admin.updateWebACL({ ...change, ...attributes('forum'), LockToken: NextLockToken })),
    /^WAFInvalidParameterException: .*Application attributes/,
  )
  await admin.updateWebACL({ ...change, ...attributes('shop'), LockToken: NextLockToken })
  assert.deepEqual(await shown(), attributes('shop').ApplicationConfig)
})

test('what does not compile is not saved', async () => {
  const { admin, administrator } = await rig()
  const taken = made(await admin.createRuleGroup(group([], { Name: 'taken', Capacity: 3 })))
  await admin.createWebACL(acl([], { Name: 'taken' }))
  const elsewhere = await newIPSet(administrator(here, 'eu-west-1'), 'elsewhere')
  const regional = await newIPSet(admin, 'regional')
  const rule = blockRule('a', pathStarts('/a'))
  const rates = Array.from({ length: 5 }, (_, at) =>
    blockRule(`rate${at}`, { RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP' } }, at),
  )
  const make = (rules: Rule[], more?: Partial<CreateWebACLRequest>) => admin.createWebACL(acl(rules, more))
  const makeGroup = (rules: Rule[], more?: Partial<CreateRuleGroupRequest>) =>
    admin.createRuleGroup(group(rules, more))
  const payments = { CurrencyMode: 'TEST' } as const
  const ran = await ruleRows([
    ['an IP set that is not there', () => make([inSet(arnOf('ipset'))]), unavailable],
    ['the same in a group', () => makeGroup([inSet(arnOf('ipset'))]), unavailable],
    ['a pattern set that is not there', () => make([usesPatterns(arnOf('regexpatternset'))]), unavailable],
    ['a group that is not there', () => make([usesGroup(arnOf('rulegroup'))]), unavailable],
    ['what is no ARN of an IP set', () => make([inSet(taken.ARN)]), unavailable],
    [
      'an IP set by another name',
      () => make([inSet(regional.ARN.replace('ipset/regional', 'ipset/other'))]),
      unavailable,
    ],
    ['an IP set of another region', () => make([inSet(elsewhere.ARN)]), unavailable],
    ['an IP set of the other scope', () => make([inSet(regional.ARN)], { Scope: 'CLOUDFRONT' }), unavailable],
    [
      'a managed group, of which there are none yet',
      () =>
        make([
          {
            ...usesGroup(taken.ARN),
            Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesX' } },
          },
        ]),
      unavailable,
    ],
    [
      'a group within a group',
      () => makeGroup([usesGroup(taken.ARN)]),
      invalid('RULE_GROUP', 'uses', 'a rule group must not refer to another'),
    ],
    [
      'rules that the capacity does not hold',
      () => makeGroup([rule], { Capacity: 1 }),
      invalid('RULE_GROUP', 'group', 'its rules take 2 capacity units of its 1'),
    ],
    [
      'an update that the first capacity does not hold',
      () =>
        admin.updateRuleGroup({
          ...taken,
          Scope,
          VisibilityConfig: visibility('g'),
          Rules: [rule, blockRule('b', pathStarts('/b'), 1)],
        }),
      invalid('RULE_GROUP', 'taken', 'its rules take 4 capacity units of its 3'),
    ],
    ['a capacity that no group has', () => makeGroup([], { Capacity: 5_001 }), limit],
    ['five rate-based rules in a group', () => makeGroup(rates), limit],
    [
      'two rules of one priority',
      () => make([rule, blockRule('b', pathStarts('/b'))]),
      invalid('RULE', '0', 'each rule must have a priority of its own'),
    ],
    [
      'eleven token domains',
      () => make([], { TokenDomains: Array.from({ length: 11 }, () => 'a.b') }),
      limit,
    ],
    ['a group’s name that is taken', () => makeGroup([], { Name: 'taken' }), duplicate],
    ['a web ACL’s name that is taken', () => make([], { Name: 'taken' }), duplicate],
    [
      'payments in a web ACL',
      () => make([], { MonetizationConfig: payments }),
      invalid('MONETIZATION_CONFIG', 'MonetizationConfig', 'Payments are not supported.'),
    ],
    [
      'protection by reputation',
      () => make([], { OnSourceDDoSProtectionConfig: { ALBLowReputationMode: 'ALWAYS_ON' } }),
      invalid('LOW_REPUTATION_MODE', 'ALBLowReputationMode', 'DDoS protection is not supported.'),
    ],
    [
      'payments in a group',
      () => makeGroup([], { MonetizationConfig: payments }),
      invalid('MONETIZATION_CONFIG', 'MonetizationConfig', 'Payments are not supported.'),
    ],
    ['an ARN and a name', () => admin.getWebACL({ ARN: taken.ARN, Name: 'taken' }), /^WAFInvalidParameter/],
    ['neither', () => admin.getRuleGroup({ Name: 'taken', Scope }), /^WAFInvalidParameter/],
    ['an ARN of another kind', () => admin.getWebACL({ ARN: taken.ARN }), /field: RESOURCE_ARN/],
  ])
  assert.equal(ran, 24)
  assert.equal((await admin.listRuleGroups({ Scope })).RuleGroups?.length, 1, 'nothing of it was kept')
})

test('an owner refers to at most 50 things', async () => {
  const { admin } = await rig()
  const rules: Rule[] = []
  for (let at = 0; at < 51; at++) {
    const { ARN } = await newIPSet(admin, `set${at}`)
    rules.push(blockRule(`rule${at}`, { IPSetReferenceStatement: { ARN } }, at))
  }
  assert.equal(await refusal(admin.createWebACL(acl(rules))), limit)
  await admin.createWebACL(acl(rules.slice(1)))
})

test('what is in use is not deleted', async () => {
  const { admin } = await rig()
  const set = await newIPSet(admin, 'set')
  const patterns = made(
    await admin.createRegexPatternSet({ Name: 'p', Scope, RegularExpressionList: [{ RegexString: 'a' }] }),
  )
  const { ARN, Id, Name, LockToken } = made(await admin.createRuleGroup(group([inSet(set.ARN)])))
  const nested = blockRule('nested', { NotStatement: { Statement: usesPatterns(patterns.ARN).Statement } })
  const owner = made(await admin.createWebACL(acl([nested, usesGroup(ARN)])))
  const ran = await ruleRows([
    ['a set of a group', () => admin.deleteIPSet({ ...set, Scope }), associated],
    [
      'a set within a nested statement',
      () => admin.deleteRegexPatternSet({ ...patterns, Scope }),
      associated,
    ],
    ['a group of a web ACL', () => admin.deleteRuleGroup({ Name, Id, Scope, LockToken }), associated],
  ])
  assert.equal(ran, 3)
  await admin.deleteWebACL({ ...owner, Scope })
  await admin.deleteRuleGroup({ Name, Id, Scope, LockToken })
  await admin.deleteIPSet({ ...set, Scope })
  await admin.deleteRegexPatternSet({ ...patterns, Scope })
})

test('a rule that a web ACL overrides stays in its group', async () => {
  const { admin } = await rig()
  const rules = [blockRule('one', pathStarts('/1')), blockRule('two', pathStarts('/2'), 1)]
  const { ARN, Name, Id, LockToken } = made(await admin.createRuleGroup(group(rules)))
  const RuleActionOverrides = [{ Name: 'one', ActionToUse: { Count: {} } }]
  const overriding: Rule = {
    ...usesGroup(ARN),
    Statement: { RuleGroupReferenceStatement: { ARN, RuleActionOverrides } },
  }
  await admin.createWebACL(acl([overriding]))
  const update = (Rules: Rule[]) =>
    admin.updateRuleGroup({ Name, Id, Scope, LockToken, VisibilityConfig: visibility('group'), Rules })
  assert.equal(
    await refusal(update(rules.slice(1))),
    invalid('RULE_GROUP', 'group', 'A web ACL that refers to the rule group needs a rule that is missing.'),
  )
  assert.equal((await admin.getRuleGroup({ ARN })).LockToken, LockToken, 'nothing of it was kept')
  await update(rules.slice(0, 1))
})

test('CheckCapacity prices rules, and tells nothing of other accounts', async () => {
  const { admin, administrator } = await rig()
  const { ARN } = made(await admin.createRuleGroup(group([])))
  const theirs = await newGroupOf(administrator(there), 70)
  const set = await newIPSet(admin, 'set')
  const custom: Rule = {
    ...blockRule('custom', pathStarts('/')),
    Action: { Block: { CustomResponse: { ResponseCode: 418, CustomResponseBodyKey: 'mine' } } },
  }
  assert.equal(
    (await admin.checkCapacity({ Scope, Rules: [custom, inSet(set.ARN), usesGroup(ARN)] })).Capacity,
    53,
  )
  const check = (...Rules: Rule[]) => admin.checkCapacity({ Scope, Rules })
  const ran = await ruleRows([
    ['another account’s group', () => check(usesGroup(theirs.ARN)), unavailable],
    ['a set that is not there', () => check(inSet(arnOf('ipset'))), unavailable],
    [
      'a set of the other scope',
      () => admin.checkCapacity({ Scope: 'CLOUDFRONT', Rules: [inSet(set.ARN)] }),
      unavailable,
    ],
    [
      'what is no rule',
      () => check(blockRule('none', {})),
      /^WAFInvalidParameterException: Error reason: .*, field: STATEMENT/,
    ],
  ])
  assert.equal(ran, 4)
})

test('saving rules needs leave for what they refer to', async () => {
  const { admin, administrator, user } = await rig()
  const set = await newIPSet(admin, 'set')
  const only = await user('only', {
    Effect: 'Allow',
    Action: 'wafv2:*',
    Resource: `arn:aws:wafv2:us-east-1:${here}:regional/webacl/*`,
  })
  await only.createWebACL(acl([], { Name: 'empty' }))
  const denied = (action: string, arn: string) =>
    `AccessDeniedException: User: arn:aws:iam::${here}:user/only is not authorized to perform: wafv2:${action} on resource: ${arn} because no identity-based policy allows the wafv2:${action} action`
  assert.equal(await refusal(only.createWebACL(acl([inSet(set.ARN)]))), denied('CreateWebACL', set.ARN))
  const absent = arnOf('ipset')
  assert.equal(
    await refusal(only.createWebACL(acl([inSet(absent)]))),
    denied('CreateWebACL', absent),
    'nor does it tell what exists',
  )
  assert.match(await refusal(only.createRuleGroup(group([]))), /^AccessDeniedException.*rulegroup\/group\/\*/)
  const { WebACLs } = await admin.listWebACLs({ Scope })
  const [{ Name, Id, LockToken } = {}] = WebACLs ?? []
  const rest = acl([inSet(set.ARN)])
  assert.equal(
    await refusal(only.updateWebACL({ ...rest, Name, Id, LockToken })),
    denied('UpdateWebACL', set.ARN),
  )
  const groups = await user('groups', {
    Effect: 'Allow',
    Action: 'wafv2:*',
    Resource: `arn:aws:wafv2:us-east-1:${here}:regional/rulegroup/*`,
  })
  const own = made(await groups.createRuleGroup(group([])))
  for (const call of [
    groups.createRuleGroup(group([inSet(set.ARN)], { Name: 'more' })),
    groups.updateRuleGroup({ ...own, ...group([inSet(set.ARN)]) }),
  ])
    assert.match(await refusal(call), /^AccessDeniedException: .*RuleGroup on resource: .*ipset\/set/)
  const theirs = await newIPSet(administrator(there), 'theirs')
  assert.match(await refusal(admin.createWebACL(acl([inSet(theirs.ARN)]))), /^AccessDeniedException/)
})

async function newGroupOf(client: WAFV2, Capacity: number): Promise<Made> {
  return made(await client.createRuleGroup(group([], { Capacity })))
}
