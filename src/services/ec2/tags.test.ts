// Goal: tags of everything here, and policies that decide by them and by EC2's own keys. Method: AWS's own client against the pipeline;
// rows of refusals, rows of users with one policy each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EC2 } from '@aws-sdk/client-ec2'
import { defaults, here, newGroup, type PolicyStatement, refusal, region, rig } from './rig.test.ts'

test('tags are set on several things, listed, and removed by key, by value or all', async () => {
  const { admin } = await rig()
  const { VpcId, GroupId } = await defaults(admin)
  const { SecurityGroupRules } = await admin.describeSecurityGroupRules({})
  const ruleId = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? ''
  const Resources = [VpcId, GroupId, ruleId]
  await admin.createTags({
    Resources,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ],
  })
  const shown = async (...Filters: { Name: string; Values: string[] }[]) =>
    (await admin.describeTags({ Filters })).Tags?.map(
      ({ ResourceType, Key, Value }) => `${ResourceType} ${Key}=${Value}`,
    )
  assert.deepEqual((await shown({ Name: 'key', Values: ['a'] }))?.toSorted(), [
    'security-group a=1',
    'security-group-rule a=1',
    'vpc a=1',
  ])
  assert.deepEqual(await shown({ Name: 'resource-id', Values: [VpcId] }), ['vpc a=1', 'vpc b=2'])
  await admin.deleteTags({ Resources, Tags: [{ Key: 'a', Value: 'other' }, { Key: 'b' }] })
  assert.deepEqual(await shown({ Name: 'resource-type', Values: ['vpc'] }), ['vpc a=1'])
  await admin.deleteTags({ Resources: [VpcId] })
  assert.deepEqual(await shown({ Name: 'resource-type', Values: ['vpc'] }), [])
  assert.equal((await shown())?.length, 2)
})

test('tags that cannot be are refused, and none is set', async () => {
  const { admin } = await rig()
  const { VpcId } = await defaults(admin)
  const set = (Key: string, Value = 'v', ...more: string[]) =>
    admin.createTags({ Resources: [VpcId, ...more], Tags: [{ Key, Value }] })
  const many = Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: 'v' }))
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: RegExp])[] = [
    ['a key of AWS', () => set('aws:mine'), /^InvalidParameterValue: Tag keys starting with 'aws:'/],
    ['a long key', () => set('k'.repeat(129)), /^InvalidParameterValue/],
    ['a long value', () => set('k', 'v'.repeat(257)), /^InvalidParameterValue/],
    ['51 tags', () => admin.createTags({ Resources: [VpcId], Tags: many }), /^TagLimitExceeded/],
    ['one thing that is not there', () => set('k', 'v', 'sg-0'), /^InvalidGroup.NotFound/],
    ['a rule that is not there', () => set('k', 'v', 'sgr-0'), /^InvalidSecurityGroupRuleId.NotFound/],
    [
      '1,001 things',
      () => set('k', 'v', ...Array.from({ length: 1_000 }, () => VpcId)),
      /^InvalidParameterValue: .*1000 ids/,
    ],
    ['what is of no kind', () => set('k', 'v', 'thing-0'), /^InvalidID: The ID 'thing-0' is not valid/],
    [
      'a dry run',
      () => admin.createTags({ Resources: [VpcId], Tags: many.slice(0, 1), DryRun: true }),
      /^DryRunOperation/,
    ],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    assert.match(await refusal(call()), want, title)
    ran += 1
  }
  assert.equal(ran, 9)
  assert.deepEqual((await admin.describeTags({})).Tags, [])
})

test('policies decide by resource, by tags and by EC2’s own keys', async () => {
  const { admin, user } = await rig()
  const { VpcId } = await defaults(admin)
  const { Vpc } = await admin.createVpc({ CidrBlock: '10.0.0.0/16' })
  const otherVpc = Vpc?.VpcId ?? ''
  const ours = await newGroup(admin, 'ours')
  const theirs = await newGroup(admin, 'theirs')
  await admin.createTags({ Resources: [ours], Tags: [{ Key: 'team', Value: 'edge' }] })
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]
  const allow = (
    Action: string | string[],
    Resource = '*',
    Condition?: PolicyStatement['Condition'],
  ): PolicyStatement => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...(Condition && { Condition }),
  })
  const arn = (resource: string) => `arn:aws:ec2:${region}:${here}:${resource}`
  const specification = (Value: string) => [
    { ResourceType: 'security-group' as const, Tags: [{ Key: 'team', Value }] },
  ]
  const denied = /^UnauthorizedOperation: .* is not authorized to perform: ec2:/
  const fine = /^no refusal$/
  const dry = /^DryRunOperation/
  const authorize = (GroupId: string) => (ec2: EC2) =>
    ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions, DryRun: true })
  const rows: readonly (readonly [
    title: string,
    statements: readonly PolicyStatement[],
    call: (client: EC2) => Promise<unknown>,
    want: RegExp,
  ])[] = [
    [
      'a group by its ARN',
      [allow('ec2:AuthorizeSecurityGroupIngress', arn(`security-group/${ours}`))],
      authorize(ours),
      dry,
    ],
    [
      'another group',
      [allow('ec2:AuthorizeSecurityGroupIngress', arn(`security-group/${ours}`))],
      authorize(theirs),
      denied,
    ],
    [
      'a group by its tag',
      [allow('ec2:*', '*', { StringEquals: { 'aws:ResourceTag/team': 'edge' } })],
      authorize(ours),
      dry,
    ],
    [
      'a group by its tag, EC2’s key',
      [allow('ec2:*', '*', { StringEquals: { 'ec2:ResourceTag/team': 'edge' } })],
      authorize(ours),
      dry,
    ],
    [
      'a group without the tag',
      [allow('ec2:*', '*', { StringEquals: { 'ec2:ResourceTag/team': 'edge' } })],
      authorize(theirs),
      denied,
    ],
    [
      'a group by its VPC',
      [allow('ec2:*', '*', { ArnEquals: { 'ec2:Vpc': arn(`vpc/${VpcId}`) } })],
      authorize(ours),
      dry,
    ],
    [
      'a group by another VPC',
      [allow('ec2:*', '*', { ArnEquals: { 'ec2:Vpc': arn(`vpc/${otherVpc}`) } })],
      authorize(ours),
      denied,
    ],
    [
      'a group by its id',
      [allow('ec2:*', '*', { StringEquals: { 'ec2:SecurityGroupID': ours } })],
      authorize(ours),
      dry,
    ],
    [
      'a region',
      [allow('ec2:Describe*', '*', { StringEquals: { 'ec2:Region': region } })],
      (ec2) => ec2.describeVpcs({}),
      fine,
    ],
    [
      'another region',
      [allow('ec2:Describe*', '*', { StringEquals: { 'ec2:Region': 'eu-west-1' } })],
      (ec2) => ec2.describeVpcs({}),
      denied,
    ],
    [
      'what is not there, by a policy on something else',
      [allow('ec2:*', arn(`vpc/${VpcId}`))],
      (ec2) => ec2.deleteVpc({ VpcId: 'vpc-0' }),
      denied,
    ],
    [
      'what is not there, with leave',
      [allow('ec2:*', arn('vpc/*'))],
      (ec2) => ec2.deleteVpc({ VpcId: 'vpc-0' }),
      /^InvalidVpcID.NotFound/,
    ],
    ['a denied dry run', [], (ec2) => ec2.deleteVpc({ VpcId, DryRun: true }), denied],
    [
      'a group in a VPC that it may use',
      [
        allow('ec2:CreateSecurityGroup', arn('security-group/*')),
        allow('ec2:CreateSecurityGroup', arn(`vpc/${VpcId}`)),
      ],
      (ec2) => ec2.createSecurityGroup({ GroupName: 'a', Description: 'd' }),
      fine,
    ],
    [
      'a group in a VPC that it may not use',
      [
        allow('ec2:CreateSecurityGroup', arn('security-group/*')),
        allow('ec2:CreateSecurityGroup', arn(`vpc/${VpcId}`)),
      ],
      (ec2) => ec2.createSecurityGroup({ GroupName: 'a', Description: 'd', VpcId: otherVpc }),
      denied,
    ],
    [
      'tags at creation without leave to tag',
      [allow('ec2:CreateSecurityGroup')],
      (ec2) =>
        ec2.createSecurityGroup({
          GroupName: 'b',
          Description: 'd',
          TagSpecifications: specification('edge'),
        }),
      denied,
    ],
    [
      'tags at creation, by the creating action',
      [
        allow('ec2:CreateSecurityGroup'),
        allow('ec2:CreateTags', '*', { StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' } }),
      ],
      (ec2) =>
        ec2.createSecurityGroup({
          GroupName: 'b',
          Description: 'd',
          TagSpecifications: specification('edge'),
        }),
      fine,
    ],
    [
      'tags later, by leave for creation alone',
      [allow('ec2:CreateTags', '*', { StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' } })],
      (ec2) => ec2.createTags({ Resources: [ours], Tags: [{ Key: 'a', Value: 'b' }] }),
      denied,
    ],
    [
      'a tag that is asked for',
      [
        allow('ec2:CreateSecurityGroup', arn('vpc/*')),
        allow(['ec2:CreateSecurityGroup', 'ec2:CreateTags'], arn('security-group/*'), {
          StringEquals: { 'aws:RequestTag/team': 'edge' },
        }),
      ],
      (ec2) =>
        ec2.createSecurityGroup({
          GroupName: 'c',
          Description: 'd',
          TagSpecifications: specification('edge'),
        }),
      fine,
    ],
    [
      'another tag than is asked for',
      [
        allow('ec2:CreateSecurityGroup', arn('vpc/*')),
        allow(['ec2:CreateSecurityGroup', 'ec2:CreateTags'], arn('security-group/*'), {
          StringEquals: { 'aws:RequestTag/team': 'edge' },
        }),
      ],
      (ec2) =>
        ec2.createSecurityGroup({
          GroupName: 'e',
          Description: 'd',
          TagSpecifications: specification('core'),
        }),
      denied,
    ],
    [
      'one of two things to tag',
      [allow('ec2:CreateTags', arn(`security-group/${ours}`))],
      (ec2) => ec2.createTags({ Resources: [ours, theirs], Tags: [{ Key: 'a', Value: 'b' }] }),
      denied,
    ],
    [
      'an attribute’s value',
      [allow('ec2:ModifyVpcAttribute', '*', { StringEquals: { 'ec2:Attribute/EnableDnsSupport': 'true' } })],
      (ec2) => ec2.modifyVpcAttribute({ VpcId, EnableDnsSupport: { Value: true } }),
      fine,
    ],
    [
      'another value of it',
      [allow('ec2:ModifyVpcAttribute', '*', { StringEquals: { 'ec2:Attribute/EnableDnsSupport': 'true' } })],
      (ec2) => ec2.modifyVpcAttribute({ VpcId, EnableDnsSupport: { Value: false } }),
      denied,
    ],
    [
      'a subnet’s zone',
      [allow('ec2:DeleteSubnet', '*', { StringEquals: { 'ec2:AvailabilityZone': 'us-east-1a' } })],
      async (ec2) =>
        ec2.deleteSubnet({
          DryRun: true,
          SubnetId: (await defaults(admin)).Subnets.find(
            ({ AvailabilityZone }) => AvailabilityZone === 'us-east-1a',
          )?.SubnetId,
        }),
      dry,
    ],
    [
      'another zone',
      [allow('ec2:DeleteSubnet', '*', { StringEquals: { 'ec2:AvailabilityZone': 'us-east-1a' } })],
      async (ec2) =>
        ec2.deleteSubnet({
          DryRun: true,
          SubnetId: (await defaults(admin)).Subnets.find(
            ({ AvailabilityZone }) => AvailabilityZone === 'us-east-1b',
          )?.SubnetId,
        }),
      denied,
    ],
    [
      'rule tags without leave to tag',
      [allow('ec2:AuthorizeSecurityGroupIngress')],
      (ec2) =>
        ec2.authorizeSecurityGroupIngress({
          GroupId: ours,
          IpPermissions,
          TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'a', Value: 'b' }] }],
        }),
      denied,
    ],
  ]
  let ran = 0
  for (const [title, statements, call, want] of rows) {
    const client = await user(`user${ran}`, ...statements, { Effect: 'Allow', Action: 's3:*', Resource: '*' })
    assert.match(await refusal(call(client)), want, title)
    ran += 1
  }
  assert.equal(ran, 26)
})
