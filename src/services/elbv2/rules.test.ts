// Goal: rules of listeners are made, ordered, changed and deleted as AWS documents, and what AWS refuses is refused.
// Method: rows through the SDK's own client.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { doorOf, fixed, refusal, rig } from './rig.test.ts'

type RefusedRule = [name: string, conditions: readonly RuleCondition[], want: RegExp]

const refusedRules: readonly RefusedRule[] = [
  ['none', [], /^ValidationError/],
  ['an unknown field', [{ Field: 'colour', Values: ['red'] }], /^ValidationError: Condition field 'colour'/],
  ['no value', [{ Field: 'path-pattern', Values: [] }], /^ValidationError/],
  [
    'six values',
    [{ Field: 'path-pattern', Values: ['/1', '/2', '/3', '/4', '/5', '/6'] }],
    /^ValidationError/,
  ],
  ['seven wildcards', [{ Field: 'path-pattern', Values: ['/*******'] }], /^ValidationError/],
  [
    'two paths conditions',
    [
      { Field: 'path-pattern', Values: ['/1'] },
      { Field: 'path-pattern', Values: ['/2'] },
    ],
    /^ValidationError/,
  ],
  ['a host with a space', [{ Field: 'host-header', Values: ['a b'] }], /^ValidationError/],
  [
    'a source without a prefix',
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.1'] } }],
    /^ValidationError/,
  ],
  ...['10.1/8', '0x0a.0.0.0/8', '010.0.0.0/8', 'fe80::%1/64', '::ffff:10.0.0.0/64', '10.0.0.0/33'].map(
    sourceRow,
  ),
  [
    'a header named host',
    [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'Host', Values: ['a'] } }],
    /^ValidationError/,
  ],
  [
    'a method in lower case',
    [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['get'] } }],
    /^ValidationError/,
  ],
  [
    'an expression that is none',
    [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['('] } }],
    /^ValidationError/,
  ],
]

function sourceRow(source: string): RefusedRule {
  return [
    `the source ${source}`,
    [{ Field: 'source-ip', SourceIpConfig: { Values: [source] } }],
    /^ValidationError/,
  ]
}

test('elbv2: rules are kept in the order of their priorities; what AWS refuses is refused', async () => {
  const all = await rig()
  const { elb } = all
  const { arn } = await all.balancer()
  const ListenerArn = await all.listener(arn, await all.group())
  for (const [name, Conditions, want] of refusedRules)
    assert.match(
      await refusal(
        elb.createRule({ ListenerArn, Priority: 1, Conditions: [...Conditions], Actions: [fixed] }),
      ),
      want,
      name,
    )
  assert.equal(refusedRules.length, 17)
  const made: string[] = []
  for (const Priority of [20, 10]) {
    const Conditions = [
      { Field: 'path-pattern', Values: [`/${Priority}`] },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a', Value: 'b' }] } },
    ]
    const { Rules } = await elb.createRule({ ListenerArn, Priority, Conditions, Actions: [fixed] })
    made.push(Rules?.[0]?.RuleArn ?? '')
  }
  const priorities = async () =>
    (await elb.describeRules({ ListenerArn })).Rules?.map(({ Priority }) => Priority)
  assert.deepEqual(await priorities(), ['10', '20', 'default'])
  assert.deepEqual(
    doorOf(all).listeners[0]?.rules.map(({ priority }) => priority),
    [10, 20, 'default'],
  )
  const [twenty = '', ten = ''] = made
  assert.match(
    await refusal(
      elb.createRule({
        ListenerArn,
        Priority: 10,
        Conditions: [{ Field: 'path-pattern', Values: ['/x'] }],
        Actions: [fixed],
      }),
    ),
    /^PriorityInUse/,
  )
  await elb.setRulePriorities({
    RulePriorities: [
      { RuleArn: twenty, Priority: 10 },
      { RuleArn: ten, Priority: 20 },
    ],
  })
  assert.deepEqual(
    doorOf(all)
      .listeners[0]?.rules.map(({ arn: rule }) => rule)
      .slice(0, 2),
    [twenty, ten],
  )
  await elb.modifyRule({
    RuleArn: ten,
    Actions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_302', Path: '/new' } }],
  })
  assert.equal(doorOf(all).listeners[0]?.rules[1]?.actions[0]?.type, 'redirect')
  await elb.deleteRule({ RuleArn: ten })
  const { Rules = [] } = await elb.describeRules({ ListenerArn })
  const fallback = Rules.find(({ IsDefault }) => IsDefault === true)?.RuleArn ?? ''
  assert.match(await refusal(elb.deleteRule({ RuleArn: fallback })), /^OperationNotPermitted/)
  assert.match(await refusal(elb.deleteRule({ RuleArn: ten })), /^RuleNotFound/)
})

test('elbv2: a rule keeps a condition, and has one transform of a type; expressions have no wildcards', async () => {
  const all = await rig()
  const { elb } = all
  const ListenerArn = await all.listener((await all.balancer()).arn, await all.group())
  const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/(a*b*c?d?e*f*g*)+$'] } }]
  const { Rules } = await elb.createRule({ ListenerArn, Priority: 1, Conditions, Actions: [fixed] })
  const RuleArn = Rules?.[0]?.RuleArn ?? ''
  const { Rules: shown = [] } = await elb.describeRules({ ListenerArn })
  const fallback = shown.find(({ IsDefault }) => IsDefault === true)?.RuleArn ?? ''
  const url = (Replace: string) => ({
    Type: 'url-rewrite' as const,
    UrlRewriteConfig: { Rewrites: [{ Regex: '^(.*)$', Replace }] },
  })
  const rows: readonly [name: string, input: Parameters<typeof elb.modifyRule>[0], want: RegExp][] = [
    ['no condition', { RuleArn, Conditions: [] }, /^ValidationError: A condition/],
    [
      'two rewrites of the path',
      { RuleArn, Transforms: [url('/a'), url('/b')] },
      /^ValidationError: .*one transform/,
    ],
    ['a long replacement', { RuleArn, Transforms: [url('$1'.repeat(513))] }, /^ValidationError: .*1024/],
    [
      'transforms given and reset',
      { RuleArn, Transforms: [url('/a')], ResetTransforms: true },
      /^ValidationError: Transforms/,
    ],
    [
      'transforms of the default rule',
      { RuleArn: fallback, Transforms: [url('/a')] },
      /^ValidationError: A default/,
    ],
  ]
  for (const [name, input, want] of rows) assert.match(await refusal(elb.modifyRule(input)), want, name)
  assert.equal(rows.length, 5)
  const [kept] = doorOf(all).listeners[0]?.rules ?? []
  assert.deepEqual([kept?.conditions.length, kept?.transforms], [1, []])
})
