// Goal: rules act in their order, as their groups and overrides say. What is refused is in refusal.test.ts, what it costs in price.test.ts.
// Method: rows, each with what becomes of the request.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenFailure, WebRequest } from './request.ts'
import {
  acl,
  action,
  any,
  byteMatch,
  compiled,
  get,
  group,
  grouped,
  inserting,
  labelMatch,
  own,
  pathIs,
  post,
  rule,
  verdictOf,
  visibility,
  worldOf,
} from './rig.test.ts'
import type { Verdict } from './verdict.ts'
import { inspectOrBlock } from './web-acl.ts'

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

const world = worldOf(group)
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

test('web ACL: no letter of a header becomes the end of its line', () => {
  // As Latin-1 their last bytes would be CR and LF.
  const Value = 'a\u010d\u010ax: y \u20ac'
  const { insertedHeaders } = verdictOf(
    [rule('a', 0, any, action({ Allow: inserting('A', Value) }))],
    get('/'),
  )
  const { action: blocked } = verdictOf(
    [
      rule(
        'a',
        0,
        any,
        action({ Block: { CustomResponse: { ResponseCode: 403, ResponseHeaders: [{ Name: 'A', Value }] } } }),
      ),
    ],
    get('/'),
  )
  assert.ok(blocked.type === 'BLOCK')
  for (const [, value = ''] of [...insertedHeaders, ...blocked.response.headers]) {
    assert.match(value, /^[\t\x20-\x7e\x80-\xff]+$/)
    assert.equal(Buffer.from(value, 'latin1').toString('utf8'), Value)
  }
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

  const [first, ...others] = group.Rules.filter((one) => (one as { Name: string }).Name === 'blocks')
  const configured = {
    ...group,
    Rules: [{ ...(first as object), CaptchaConfig: config(70), ChallengeConfig: config(80) }, ...others],
  }
  const RuleActionOverrides = [{ Name: 'blocks', ActionToUse: { Captcha: {} } }]
  const { action: overridden } = verdictOf(
    [grouped({ RuleActionOverrides })],
    get('/bad'),
    worldOf(configured),
  )
  assert.deepEqual(overridden, captcha(70), "the check's own, though the rule blocks by itself")
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
