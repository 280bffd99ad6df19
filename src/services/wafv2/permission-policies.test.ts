// Goal: a permission policy alone lets another account use a rule group, and stops doing so with the next call.
// Method: two accounts, AWS's own client through the whole pipeline; rows with reasons.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '@aws-sdk/client-wafv2'
import {
  here,
  invalid,
  made,
  newIPSet,
  noId,
  blockRule,
  refusal,
  rig,
  there,
  visibility,
} from './rig.test.ts'

const Scope = 'REGIONAL'
const three = ['wafv2:CreateWebACL', 'wafv2:UpdateWebACL', 'wafv2:PutFirewallManagerRuleGroups']
const nonexistent = /^WAFNonexistentItemException/

function policy(...statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}
function share(Action: readonly string[], more: object = {}): object {
  return { Effect: 'Allow', Principal: { AWS: there }, Action, ...more }
}

test('another account uses a shared group, and its sets through it, until the policy is gone', async () => {
  const { admin, administrator } = await rig()
  const set = await newIPSet(admin, 'set')
  const { ARN, Name, Id } = made(
    await admin.createRuleGroup({
      Name: 'shared',
      Scope,
      Capacity: 40,
      VisibilityConfig: visibility('shared'),
      Rules: [blockRule('set', { IPSetReferenceStatement: { ARN: set.ARN } })],
    }),
  )
  const other = administrator(there)
  const uses: Rule = {
    Name: 'uses',
    Priority: 0,
    Statement: { RuleGroupReferenceStatement: { ARN } },
    OverrideAction: { None: {} },
    VisibilityConfig: visibility('uses'),
  }
  const use = (name: string) =>
    other.createWebACL({
      Name: name,
      Scope,
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibility('acl'),
      Rules: [uses],
    })
  const denied = /^AccessDeniedException: .*wafv2:CreateWebACL on resource: .*rulegroup\/shared/
  assert.match(await refusal(use('before')), denied)
  assert.match(await refusal(admin.getPermissionPolicy({ ResourceArn: ARN })), nonexistent)
  assert.match(await refusal(admin.deletePermissionPolicy({ ResourceArn: ARN })), nonexistent)

  await admin.putPermissionPolicy({ ResourceArn: ARN, Policy: policy(share(three)) })
  const acl = made(await use('during'))
  const { WebACL } = await other.getWebACL({ ARN: acl.ARN })
  assert.equal(WebACL?.Capacity, 40)
  assert.match(await refusal(other.getRuleGroup({ ARN })), /^AccessDeniedException/, 'not shared')
  assert.deepEqual(JSON.parse((await admin.getPermissionPolicy({ ResourceArn: ARN })).Policy ?? ''), {
    Version: '2012-10-17',
    Statement: [{ ...share(three), Principal: { AWS: `arn:aws:iam::${there}:root` } }],
  })
  await admin.putPermissionPolicy({
    ResourceArn: ARN,
    Policy: policy(share([...three, 'wafv2:GetRuleGroup'])),
  })
  assert.equal((await other.getRuleGroup({ ARN })).RuleGroup?.Name, 'shared')
  assert.match(await refusal(other.putPermissionPolicy({ ResourceArn: ARN, Policy: '{}' })), /^AccessDenied/)
  const lock = (await admin.getRuleGroup({ ARN })).LockToken
  assert.match(
    await refusal(admin.deleteRuleGroup({ Name, Id, Scope, LockToken: lock })),
    /^WAFAssociatedItemException/,
    'another account’s use counts',
  )
  await admin.updateRuleGroup({ Name, Id, Scope, LockToken: lock, VisibilityConfig: visibility('shared') })
  await use('still')

  await admin.deletePermissionPolicy({ ResourceArn: ARN })
  assert.match(await refusal(use('after')), denied)
  assert.match(await refusal(other.getRuleGroup({ ARN })), /^AccessDeniedException/)
})

test('a policy that grants anything else is refused', async () => {
  const { admin } = await rig()
  const { ARN } = made(
    await admin.createRuleGroup({ Name: 'g', Scope, Capacity: 1, VisibilityConfig: visibility('g') }),
  )
  const whole = (problem: string) => `WAFInvalidPermissionPolicyException: ${problem}`
  const actions = whole(
    'Action must be wafv2:CreateWebACL, wafv2:UpdateWebACL and wafv2:PutFirewallManagerRuleGroups, with wafv2:GetRuleGroup if wanted.',
  )
  const objects = whole('The policy and its statements must be objects.')
  const rows: readonly (readonly [string, string, string | RegExp])[] = [
    ['no JSON', '{', whole('The policy is no JSON.')],
    ['a list', '[]', objects],
    ['no statement', '{"Version":"2012-10-17"}', objects],
    ['a denial', policy({ ...share(three), Effect: 'Deny' }), whole('Effect must be Allow.')],
    ['a resource', policy(share(three, { Resource: '*' })), whole('The policy must not name a resource.')],
    [
      'all but a resource',
      policy(share(three, { NotResource: ARN })),
      whole('The policy must not name a resource.'),
    ],
    ['nobody', policy({ Effect: 'Allow', Action: three }), whole('Principal must be there.')],
    ['two of the three actions', policy(share(three.slice(1))), actions],
    ['an action too many', policy(share([...three, 'wafv2:DeleteRuleGroup'])), actions],
    ['a wildcard', policy(share([...three, 'wafv2:*'])), actions],
    [
      'a user that is not there',
      policy(share(three, { Principal: { AWS: `arn:aws:iam::${here}:user/absent` } })),
      whole(`There is no principal arn:aws:iam::${here}:user/absent.`),
    ],
    ['an element that policies lack', policy(share(three, { Colour: 'red' })), /^WAFInvalidPermissionPolicy/],
    [
      'a version of another language',
      JSON.stringify({ Version: '2015-01-01', Statement: [share(three)] }),
      /^WAFInvalidPermissionPolicy/,
    ],
  ]
  let ran = 0
  for (const [title, Policy, want] of rows) {
    const got = await refusal(admin.putPermissionPolicy({ ResourceArn: ARN, Policy }))
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 13)
  const set = await newIPSet(admin, 'set')
  const Policy = policy(share(three))
  assert.equal(
    await refusal(admin.putPermissionPolicy({ ResourceArn: set.ARN, Policy })),
    invalid('RESOURCE_ARN', set.ARN, 'The ARN isn’t valid.'),
    'only rule groups are shared',
  )
  const absent = ARN.replace(/[^/]+$/, noId)
  assert.match(await refusal(admin.putPermissionPolicy({ ResourceArn: absent, Policy })), nonexistent)
})
