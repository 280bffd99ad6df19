// Goal: web ACLs are put before balancers, their logs, samples and held-back addresses are asked for, as AWS documents and refuses.
// Method: rows through the SDK's own client; an edge of the test's that answers what it is asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { here, invalid, made, newIPSet, noId, refusal, rig, startMs, visibility } from './rig.test.ts'

const lb = (name: string, wish: { account?: string; region?: string } = {}): string =>
  `arn:aws:elasticloadbalancing:${wish.region ?? 'us-east-1'}:${wish.account ?? here}:loadbalancer/app/${name}/0123456789abcdef`
const there = lb('there')

async function guarded(Rules: object[] = []) {
  const all = await rig()
  const input = {
    Name: 'acl',
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    VisibilityConfig: visibility('acl'),
    Rules: Rules as [],
  } as const
  return { ...all, acl: made(await all.admin.createWebACL(input)) }
}

test('wafv2: a web ACL is put before a balancer, shown there, kept from deletion, and taken away', async () => {
  const { admin, acl, guards } = await guarded()
  await admin.associateWebACL({ WebACLArn: acl.ARN, ResourceArn: there })
  assert.equal((await admin.getWebACLForResource({ ResourceArn: there })).WebACL?.Name, 'acl')
  assert.deepEqual((await admin.listResourcesForWebACL({ WebACLArn: acl.ARN })).ResourceArns, [there])
  assert.deepEqual(
    (await admin.listResourcesForWebACL({ WebACLArn: acl.ARN, ResourceType: 'API_GATEWAY' })).ResourceArns,
    [],
  )
  const named = { Name: 'acl', Scope: 'REGIONAL', Id: acl.Id, LockToken: acl.LockToken } as const
  assert.match(await refusal(admin.deleteWebACL(named)), /^WAFAssociatedItemException/)
  assert.deepEqual(
    guards(acl.ARN).map(({ kind }) => kind),
    ['web-acl'],
  )
  const second = made(
    await admin.createWebACL({
      ...named,
      Name: 'second',
      DefaultAction: { Block: {} },
      VisibilityConfig: visibility('second'),
    }),
  )
  await admin.associateWebACL({ WebACLArn: second.ARN, ResourceArn: there })
  assert.equal(
    (await admin.getWebACLForResource({ ResourceArn: there })).WebACL?.Name,
    'second',
    'one takes the other’s place',
  )
  await admin.deleteWebACL(named)
  await admin.disassociateWebACL({ ResourceArn: there })
  await admin.disassociateWebACL({ ResourceArn: there })
  assert.equal((await admin.getWebACLForResource({ ResourceArn: there })).WebACL, undefined)
})

test('wafv2: nothing else is put behind one', async () => {
  const { admin, acl, administrator, user } = await guarded()
  const reason = 'The ARN isn’t that of an application load balancer of this account and Region.'
  const rows: readonly [name: string, arn: string, want: string][] = [
    [
      'another service',
      'arn:aws:apigateway:us-east-1::/restapis/a/stages/b',
      invalid('RESOURCE_ARN', 'arn:aws:apigateway:us-east-1::/restapis/a/stages/b', reason),
    ],
    [
      'another account',
      lb('there', { account: '444455556666' }),
      invalid('RESOURCE_ARN', lb('there', { account: '444455556666' }), reason),
    ],
    [
      'another region',
      lb('there', { region: 'eu-west-1' }),
      invalid('RESOURCE_ARN', lb('there', { region: 'eu-west-1' }), reason),
    ],
    [
      'one that is not there',
      lb('none'),
      'WAFUnavailableEntityException: AWS WAF couldn’t retrieve the resource that you requested. Retry your request.',
    ],
  ]
  for (const [name, ResourceArn, want] of rows)
    assert.equal(await refusal(admin.associateWebACL({ WebACLArn: acl.ARN, ResourceArn })), want, name)
  assert.equal(rows.length, 4)
  const stranger = administrator('444455556666' as Parameters<typeof administrator>[0])
  assert.match(
    await refusal(
      stranger.associateWebACL({ WebACLArn: acl.ARN, ResourceArn: lb('there', { account: '444455556666' }) }),
    ),
    /^WAF|^AccessDenied/,
  )
  const half = await user('half', { Effect: 'Allow', Action: 'wafv2:*', Resource: '*' })
  assert.match(
    await refusal(half.associateWebACL({ WebACLArn: acl.ARN, ResourceArn: there })),
    /^AccessDenied.*SetWebAcl/,
  )
})

test('wafv2: a web ACL reaches the edge with its sets and its log; an IP set by itself', async () => {
  const all = await rig()
  const set = await newIPSet(all.admin, 'set')
  const acl = made(
    await all.admin.createWebACL({
      Name: 'acl',
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibility('acl'),
      TokenDomains: ['example.com'],
      Rules: [
        {
          Name: 'r',
          Priority: 0,
          Statement: { IPSetReferenceStatement: { ARN: set.ARN } },
          Action: { Block: {} },
          VisibilityConfig: visibility('r'),
        },
      ],
    }),
  )
  const LoggingConfiguration = {
    ResourceArn: acl.ARN,
    LogDestinationConfigs: ['arn:aws:s3:::aws-waf-logs-x/logs'],
    RedactedFields: [{ SingleHeader: { Name: 'Authorization' } }, { QueryString: {} }],
    LoggingFilter: {
      DefaultBehavior: 'DROP' as const,
      Filters: [
        {
          Behavior: 'KEEP' as const,
          Requirement: 'MEETS_ANY' as const,
          Conditions: [{ ActionCondition: { Action: 'BLOCK' as const } }],
        },
      ],
    },
  }
  await all.admin.putLoggingConfiguration({ LoggingConfiguration })
  const parts = all.guards(acl.ARN)
  assert.deepEqual(
    parts.map(({ kind, id }) => [kind, id]),
    [
      ['web-acl', acl.ARN],
      ['address-set', set.ARN],
    ],
  )
  const [guard] = parts
  assert.ok(guard?.kind === 'web-acl')
  assert.deepEqual(guard.value.logging, {
    place: { bucket: 'aws-waf-logs-x', prefix: 'logs' },
    redact: { uriPath: false, queryString: true, method: false, headers: ['authorization'] },
    filter: {
      defaultKeep: false,
      filters: [{ keep: true, meetsAll: false, conditions: [{ action: 'BLOCK' }] }],
    },
  })
  assert.deepEqual(
    [guard.value.bodyBytesMax, guard.value.tokenDomains, guard.value.addressSets],
    [8_192, ['example.com'], [set.ARN]],
  )
  for (const destination of [
    'arn:aws:logs:us-east-1:111122223333:log-group:another-name',
    'arn:aws:s3:::other-bucket',
    'arn:aws:s3:::aws-waf-logs-x/../up',
  ])
    assert.match(
      await refusal(
        all.admin.putLoggingConfiguration({
          LoggingConfiguration: { ...LoggingConfiguration, LogDestinationConfigs: [destination] },
        }),
      ),
      /^WAFInvalidParameterException/,
      destination,
    )
  await all.admin.deleteLoggingConfiguration({ ResourceArn: acl.ARN })
  const [after] = all.guards(acl.ARN)
  assert.equal(after?.kind === 'web-acl' && after.value.logging, undefined)
})

const window = (fromMs: number, toMs: number) => ({ StartTime: new Date(fromMs), EndTime: new Date(toMs) })

test('wafv2: sampled requests are the edge’s, of a metric that the web ACL has, of the last three hours', async () => {
  const { admin, acl, asked } = await guarded([
    {
      Name: 'm',
      Priority: 0,
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet' } },
      OverrideAction: { None: {} },
      VisibilityConfig: visibility('m'),
    },
  ])
  const sampled = (RuleMetricName: string, TimeWindow = window(startMs - 60_000, startMs)) =>
    admin.getSampledRequests({
      WebAclArn: acl.ARN,
      RuleMetricName,
      Scope: 'REGIONAL',
      TimeWindow,
      MaxItems: 2,
    })
  const { SampledRequests, PopulationSize } = await sampled('m')
  assert.deepEqual([SampledRequests?.length, PopulationSize], [1, 10])
  assert.deepEqual(SampledRequests?.[0], {
    Request: {
      ClientIP: '192.0.2.1',
      Country: 'CH',
      URI: '/a',
      Method: 'GET',
      HTTPVersion: 'HTTP/1.1',
      Headers: [{ Name: 'Host', Value: 'h' }],
    },
    Weight: 10,
    Timestamp: new Date(startMs),
    Action: 'BLOCK',
    RuleNameWithinRuleGroup: 'SQLi_BODY',
    RequestHeadersInserted: [],
    ResponseCodeSent: 403,
    Labels: [{ Name: 'l' }],
  })
  for (const name of ['acl', 'SQLi_BODY']) await sampled(name)
  assert.match(await refusal(sampled('none')), /^WAFNonexistentItemException/)
  assert.match(await refusal(sampled('m', window(startMs, startMs - 1))), /^WAFInvalidParameterException/)
  assert.match(
    await refusal(sampled('m', window(startMs - 9 * 3_600_000, startMs - 8 * 3_600_000))),
    /^WAFInvalidParameterException/,
  )
  await sampled('m', window(0, startMs + 1e9))
  assert.deepEqual([asked.at(-1)?.fromMs, asked.at(-1)?.toMs], [startMs - 3 * 3_600_000, startMs])
})

test('wafv2: the addresses that a rule holds back are the edge’s; other keys have none to show', async () => {
  const rate = (Name: string, Priority: number, statement: object) => ({
    Name,
    Priority,
    Statement: { RateBasedStatement: { Limit: 100, ...statement } },
    Action: { Block: {} },
    VisibilityConfig: visibility(Name),
  })
  const { admin, acl } = await guarded([
    rate('ip', 0, { AggregateKeyType: 'IP' }),
    rate('keys', 1, { AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ HTTPMethod: {} }] }),
  ])
  const keys = (RuleName: string, WebACLId = acl.Id) =>
    admin.getRateBasedStatementManagedKeys({ Scope: 'REGIONAL', WebACLName: 'acl', WebACLId, RuleName })
  const { ManagedKeysIPV4, ManagedKeysIPV6 } = await keys('ip')
  assert.deepEqual(
    [ManagedKeysIPV4?.Addresses, ManagedKeysIPV6?.Addresses],
    [['192.0.2.1/32'], ['2001:db8::1/128']],
  )
  assert.match(await refusal(keys('keys')), /^WAFUnsupportedAggregateKeyTypeException/)
  assert.match(await refusal(keys('none')), /^WAFNonexistentItemException/)
  assert.match(await refusal(keys('ip', noId)), /^WAFNonexistentItemException/)
})

test('wafv2: managed rule groups are listed, described, and referred to by name and version', async () => {
  const { admin } = await rig()
  const { ManagedRuleGroups = [] } = await admin.listAvailableManagedRuleGroups({ Scope: 'REGIONAL' })
  assert.ok(ManagedRuleGroups.length >= 14)
  const named = { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet', Scope: 'REGIONAL' } as const
  const { Versions, CurrentDefaultVersion } = await admin.listAvailableManagedRuleGroupVersions(named)
  assert.equal(Versions?.at(-1)?.Name, CurrentDefaultVersion)
  const group = await admin.describeManagedRuleGroup(named)
  assert.deepEqual([group.Capacity, group.LabelNamespace], [200, 'awswaf:managed:aws:sql-database:'])
  assert.ok(group.Rules?.some(({ Name, Action }) => Name === 'SQLi_BODY' && Action?.Block))
  assert.match(
    await refusal(admin.describeManagedRuleGroup({ ...named, Name: 'None' })),
    /^WAFNonexistentItemException/,
  )
  assert.match(
    await refusal(admin.describeManagedRuleGroup({ ...named, VersionName: 'Version_9.9' })),
    /^WAFNonexistentItemException/,
  )
  const refer = (statement: object) =>
    admin.createWebACL({
      Name: 'a',
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibility('a'),
      Rules: [
        {
          Name: 'm',
          Priority: 0,
          Statement: {
            ManagedRuleGroupStatement: {
              VendorName: 'AWS',
              Name: 'AWSManagedRulesSQLiRuleSet',
              ...statement,
            },
          },
          OverrideAction: { None: {} },
          VisibilityConfig: visibility('m'),
        },
      ],
    })
  for (const statement of [
    { Name: 'None' },
    { Version: 'Version_9.9' },
    { RuleActionOverrides: [{ Name: 'None', ActionToUse: { Count: {} } }] },
  ])
    assert.match(await refusal(refer(statement)), /^WAF/, JSON.stringify(statement))
  await refer({
    Version: CurrentDefaultVersion,
    RuleActionOverrides: [{ Name: 'SQLi_BODY', ActionToUse: { Count: {} } }],
  })
  const { ManagedProducts = [] } = await admin.describeAllManagedProducts({ Scope: 'REGIONAL' })
  assert.equal(ManagedProducts.length, ManagedRuleGroups.length)
  assert.deepEqual((await admin.listManagedRuleSets({ Scope: 'REGIONAL' })).ManagedRuleSets, [])
  assert.match(
    await refusal(admin.getManagedRuleSet({ Name: 'x', Scope: 'REGIONAL', Id: noId })),
    /^WAFNonexistentItemException/,
  )
})
