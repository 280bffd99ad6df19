// Goal: a security group's rules are what was said, and what they admit is what the edge is told. Method: AWS's own client against the
// pipeline; rows of permissions and refusals.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IpPermission, SecurityGroupRuleUpdate } from '@aws-sdk/client-ec2'
import { network } from './network-view.ts'
import { defaults, here, newGroup, refusal, region, rig } from './rig.test.ts'

const scope = { account: here, region }
const anywhere = [{ CidrIp: '0.0.0.0/0' }]
const web: IpPermission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: anywhere }

test('a group lets nothing in and all out until it is told otherwise', async () => {
  const { admin, store } = await rig()
  const { VpcId } = await defaults(admin)
  const GroupId = await newGroup(admin, 'web')
  const { SecurityGroups } = await admin.describeSecurityGroups({ GroupNames: ['web'] })
  const [group] = SecurityGroups ?? []
  assert.deepEqual(group, {
    GroupId,
    GroupName: 'web',
    Description: 'for a test',
    OwnerId: here,
    VpcId,
    SecurityGroupArn: `arn:aws:ec2:${region}:${here}:security-group/${GroupId}`,
    IpPermissions: [],
    IpPermissionsEgress: [
      { IpProtocol: '-1', IpRanges: anywhere, Ipv6Ranges: [], UserIdGroupPairs: [], PrefixListIds: [] },
    ],
    Tags: [],
  })
  assert.deepEqual(network.ingress(store.read, scope, [GroupId]), [])
})

test('a rule is made, shown, tagged, found by filters and taken away', async () => {
  const { admin } = await rig()
  const GroupId = await newGroup(admin, 'web')
  const { SecurityGroupRules, Return } = await admin.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [
      {
        IpProtocol: '6',
        FromPort: 80,
        ToPort: 81,
        IpRanges: [{ CidrIp: '192.0.2.7/24', Description: 'office' }],
        Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0::1/32' }],
        UserIdGroupPairs: [{ GroupId }],
      },
    ],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'a', Value: 'b' }] }],
  })
  assert.equal(Return, true)
  assert.deepEqual(
    SecurityGroupRules?.map(
      ({ CidrIpv4, CidrIpv6, ReferencedGroupInfo, IpProtocol, FromPort, ToPort, IsEgress }) =>
        [CidrIpv4 ?? CidrIpv6 ?? ReferencedGroupInfo?.GroupId, IpProtocol, FromPort, ToPort, IsEgress].join(
          ' ',
        ),
    ),
    ['192.0.2.0/24', '2001:db8::/32', GroupId].map((peer) => `${peer} tcp 80 81 false`),
  )
  const shown = await admin.describeSecurityGroups({ GroupIds: [GroupId] })
  assert.deepEqual(shown.SecurityGroups?.[0]?.IpPermissions, [
    {
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 81,
      IpRanges: [{ CidrIp: '192.0.2.0/24', Description: 'office' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
      UserIdGroupPairs: [{ GroupId, UserId: here }],
      PrefixListIds: [],
    },
  ])
  const byTag = { Filters: [{ Name: 'tag:a', Values: ['b'] }] }
  const tagged = await admin.describeSecurityGroupRules(byTag)
  assert.equal(tagged.SecurityGroupRules?.length, 3)
  assert.deepEqual(tagged.SecurityGroupRules?.[0]?.Tags, [{ Key: 'a', Value: 'b' }])

  const finds = async (Name: string, value: string): Promise<boolean> => {
    const { SecurityGroups = [] } = await admin.describeSecurityGroups({
      Filters: [{ Name, Values: [value] }],
    })
    return SecurityGroups.some((group) => group.GroupId === GroupId)
  }
  assert.ok(await finds('ip-permission.cidr', '192.0.2.*'))
  assert.ok(await finds('ip-permission.from-port', '80'))
  assert.ok(await finds('ip-permission.group-name', 'web'))
  assert.ok(await finds('egress.ip-permission.cidr', '0.0.0.0/0'))
  assert.ok(!(await finds('ip-permission.cidr', '0.0.0.0/0')), 'a rule of the other direction')

  const [byId, byTraffic] = SecurityGroupRules ?? []
  const gone = await admin.revokeSecurityGroupIngress({
    GroupId,
    SecurityGroupRuleIds: [byId?.SecurityGroupRuleId ?? ''],
  })
  assert.deepEqual(
    gone.RevokedSecurityGroupRules?.map(({ SecurityGroupRuleId, CidrIpv4 }) => [
      SecurityGroupRuleId,
      CidrIpv4,
    ]),
    [[byId?.SecurityGroupRuleId, '192.0.2.0/24']],
  )
  await admin.revokeSecurityGroupIngress({
    GroupId,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 80, ToPort: 81, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] },
    ],
  })
  const left = await admin.describeSecurityGroupRules({ Filters: [{ Name: 'group-id', Values: [GroupId] }] })
  assert.ok(
    !left.SecurityGroupRules?.some(
      ({ SecurityGroupRuleId }) => SecurityGroupRuleId === byTraffic?.SecurityGroupRuleId,
    ),
  )
  assert.equal(left.SecurityGroupRules?.length, 2, 'the rule on itself, and all out')
})

test('the edge is told of TCP and of everything, and of nobody else', async () => {
  const { admin, store } = await rig()
  const ports = (fromPort: number, toPort: number, ...sources: string[]) => ({ sources, fromPort, toPort })
  const rows: readonly (readonly [title: string, permission: IpPermission, want: readonly unknown[]])[] = [
    ['TCP', web, [ports(80, 80, '0.0.0.0/0')]],
    ['TCP by number', { ...web, IpProtocol: '6', ToPort: 90 }, [ports(80, 90, '0.0.0.0/0')]],
    ['everything', { IpProtocol: '-1', IpRanges: anywhere }, [ports(0, 65535, '0.0.0.0/0')]],
    ['everything, whatever the ports say', { ...web, IpProtocol: '-1' }, [ports(0, 65535, '0.0.0.0/0')]],
    ['IPv6', { ...web, IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }, [ports(80, 80, '::/0')]],
    [
      'two ranges',
      { ...web, IpRanges: [{ CidrIp: '192.0.2.1/32' }, { CidrIp: '198.51.100.9/30' }] },
      [ports(80, 80, '192.0.2.1/32'), ports(80, 80, '198.51.100.8/30')],
    ],
    ['UDP', { ...web, IpProtocol: 'udp' }, []],
    ['ICMP', { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: anywhere }, []],
    ['another protocol', { IpProtocol: '50', IpRanges: anywhere }, []],
  ]
  let ran = 0
  for (const [title, permission, want] of rows) {
    const GroupId = await newGroup(admin, title)
    await admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] })
    assert.deepEqual(network.ingress(store.read, scope, [GroupId]), want, title)
    ran += 1
  }
  assert.equal(ran, 9)
  const { GroupId } = await defaults(admin)
  assert.deepEqual(
    network.ingress(store.read, scope, [GroupId]),
    [],
    'the default group admits its members alone',
  )
  assert.deepEqual(network.ingress(store.read, scope, ['sg-0']), [], 'what is not there admits nobody')
  assert.deepEqual(
    network.ingress(store.read, { account: here, region: 'eu-west-1' }, [await newGroup(admin, 'z')]),
    [],
  )
})

test('the parameters of a single rule', async () => {
  const { admin, store } = await rig()
  const GroupId = await newGroup(admin, 'flat')
  const one = { GroupId, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '203.0.113.0/24' }
  await admin.authorizeSecurityGroupIngress(one)
  assert.deepEqual(network.ingress(store.read, scope, [GroupId]), [
    { sources: ['203.0.113.0/24'], fromPort: 443, toPort: 443 },
  ])
  await admin.revokeSecurityGroupIngress({ ...one, GroupId: undefined, GroupName: 'flat' })
  assert.deepEqual(network.ingress(store.read, scope, [GroupId]), [])
  await admin.authorizeSecurityGroupIngress({ GroupId, SourceSecurityGroupName: 'default' })
  const { SecurityGroupRules = [] } = await admin.describeSecurityGroupRules({
    Filters: [{ Name: 'group-id', Values: [GroupId] }],
  })
  assert.deepEqual(
    SecurityGroupRules.filter(({ IsEgress }) => IsEgress !== true)
      .map(({ IpProtocol = '' }) => IpProtocol)
      .toSorted((a, b) => a.localeCompare(b)),
    ['icmp', 'tcp', 'udp'],
  )
})

test('what cannot be is refused, and changes nothing', async () => {
  const { admin, used } = await rig()
  const { GroupId: ofDefault, VpcId } = await defaults(admin)
  const GroupId = await newGroup(admin, 'web')
  const other = await newGroup(admin, 'other')
  const inUse = await newGroup(admin, 'in use')
  used.add(inUse)
  const { Vpc } = await admin.createVpc({ CidrBlock: '10.0.0.0/16' })
  const { GroupId: elsewhere = '' } = await admin.createSecurityGroup({
    GroupName: 'web',
    Description: 'd',
    VpcId: Vpc?.VpcId,
  })
  await admin.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [web, { ...web, IpRanges: [], UserIdGroupPairs: [{ GroupId: other }] }],
  })
  const create = (GroupName: string, Description = 'd') =>
    admin.createSecurityGroup({ GroupName, Description })
  const allow = (permission: IpPermission, ...more: IpPermission[]) =>
    admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission, ...more] })
  const tcp = (more: IpPermission): IpPermission => ({ ...web, FromPort: 1, ToPort: 1, ...more })
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: string | RegExp])[] = [
    [
      'a name twice in a VPC',
      () => create('web'),
      `InvalidGroup.Duplicate: The security group 'web' already exists for VPC '${VpcId}'`,
    ],
    [
      'a name like an id',
      () => create('sg-mine'),
      'InvalidParameterValue: Value (sg-mine) for parameter GroupName is invalid. Group names may not be in the format sg-*.',
    ],
    [
      'the name of the default group',
      () => create('default'),
      'InvalidParameterValue: Cannot use reserved security group name: default',
    ],
    [
      'a name of other characters',
      () => create('caf\u00e9'),
      /^InvalidParameterValue: Invalid security group name/,
    ],
    ['a long name', () => create('a'.repeat(256)), /^InvalidParameterValue: Invalid security group name/],
    [
      'a description of other characters',
      () => create('a', '<b>'),
      /^InvalidParameterValue: Invalid security group description/,
    ],
    [
      'no description',
      () => admin.createSecurityGroup({ GroupName: 'x', Description: undefined }),
      'MissingParameter: The request must contain the parameter Description',
    ],
    [
      'deleting the default group',
      () => admin.deleteSecurityGroup({ GroupId: ofDefault }),
      `CannotDelete: the specified group: "${ofDefault}" name: "default" cannot be deleted by a user`,
    ],
    [
      'deleting what a balancer has',
      () => admin.deleteSecurityGroup({ GroupId: inUse }),
      `DependencyViolation: resource ${inUse} has a dependent object`,
    ],
    [
      'deleting what a rule names',
      () => admin.deleteSecurityGroup({ GroupId: other }),
      `DependencyViolation: resource ${other} has a dependent object`,
    ],
    [
      'deleting what is not there',
      () => admin.deleteSecurityGroup({ GroupId: 'sg-0' }),
      "InvalidGroup.NotFound: The security group 'sg-0' does not exist",
    ],
    [
      'deleting what is no group',
      () => admin.deleteSecurityGroup({ GroupId: 'web' }),
      'InvalidGroupId.Malformed: Invalid id: "web" (expecting "sg-...")',
    ],
    [
      'deleting a name that is not there',
      () => admin.deleteSecurityGroup({ GroupName: 'none' }),
      `InvalidGroup.NotFound: The security group 'none' does not exist in default VPC '${VpcId}'`,
    ],
    ['deleting nothing', () => admin.deleteSecurityGroup({}), /^MissingParameter/],
    [
      'showing what is not there',
      () => admin.describeSecurityGroups({ GroupIds: ['sg-0'] }),
      /^InvalidGroup.NotFound/,
    ],
    [
      'a rule that is there',
      () => allow(web),
      'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
    ],
    [
      'a rule that is there, by its canonical range',
      () => allow({ ...web, IpRanges: [{ CidrIp: '1.2.3.4/0' }] }),
      /^InvalidPermission.Duplicate/,
    ],
    [
      'a rule twice in one call',
      () => allow(tcp({}), tcp({})),
      'InvalidParameterValue: The same permission must not appear multiple times',
    ],
    ['one good rule and one that is there', () => allow(tcp({}), web), /^InvalidPermission.Duplicate/],
    [
      'an unknown protocol',
      () => allow(tcp({ IpProtocol: 'quic' })),
      "InvalidParameterValue: Invalid value 'quic' for IP protocol. Unknown protocol.",
    ],
    ['the number of no protocol', () => allow(tcp({ IpProtocol: '256' })), /Unknown protocol/],
    [
      'no protocol',
      () => allow(tcp({ IpProtocol: undefined })),
      'MissingParameter: The request must contain the parameter ipProtocol',
    ],
    [
      'no ports',
      () => allow({ IpProtocol: 'tcp', IpRanges: anywhere }),
      /^InvalidParameterValue: Invalid value for portRange/,
    ],
    [
      'ports backwards',
      () => allow(tcp({ FromPort: 2 })),
      'InvalidParameterValue: Invalid TCP port range (2, 1).',
    ],
    ['a port too far', () => allow(tcp({ ToPort: 65536 })), /^InvalidParameterValue: Invalid TCP port range/],
    ['a port below', () => allow(tcp({ FromPort: -1 })), /^InvalidParameterValue: Invalid TCP port range/],
    [
      'a type that ICMP lacks',
      () => allow({ IpProtocol: 'icmp', FromPort: 256, ToPort: -1, IpRanges: anywhere }),
      /^InvalidParameterValue: Invalid ICMP/,
    ],
    ['nobody', () => allow(tcp({ IpRanges: [] })), /^MissingParameter/],
    ['no permission', () => admin.authorizeSecurityGroupIngress({ GroupId }), /^MissingParameter/],
    [
      'a range that is none',
      () => allow(tcp({ IpRanges: [{ CidrIp: '192.0.2.0/33' }] })),
      'InvalidParameterValue: CIDR block 192.0.2.0/33 is malformed',
    ],
    [
      'an address without a length',
      () => allow(tcp({ IpRanges: [{ CidrIp: '192.0.2.1' }] })),
      /is malformed/,
    ],
    ['an octal range', () => allow(tcp({ IpRanges: [{ CidrIp: '0300.0.2.0/24' }] })), /is malformed/],
    ['IPv6 among IPv4', () => allow(tcp({ IpRanges: [{ CidrIp: '::/0' }] })), /is malformed/],
    [
      'IPv4 among IPv6',
      () => allow(tcp({ IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '0.0.0.0/0' }] })),
      /is malformed/,
    ],
    [
      'a zone in a range',
      () => allow(tcp({ IpRanges: [], Ipv6Ranges: [{ CidrIpv6: 'fe80::%eth0/64' }] })),
      /is malformed/,
    ],
    [
      'a prefix list',
      () => allow(tcp({ PrefixListIds: [{ PrefixListId: 'pl-1' }] })),
      /^UnsupportedOperation/,
    ],
    [
      'a group that is not there',
      () => allow(tcp({ IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-0' }] })),
      "InvalidGroup.NotFound: The security group 'sg-0' does not exist",
    ],
    [
      'a group of another account',
      () => allow(tcp({ IpRanges: [], UserIdGroupPairs: [{ GroupId: other, UserId: '444455556666' }] })),
      /^InvalidGroup.NotFound/,
    ],
    [
      'a group of another VPC',
      () => allow(tcp({ IpRanges: [], UserIdGroupPairs: [{ GroupId: elsewhere }] })),
      'InvalidGroup.NotFound: You have specified two resources that belong to different networks.',
    ],
    [
      'a description of other characters',
      () => allow(tcp({ IpRanges: [{ CidrIp: '192.0.2.0/24', Description: 'a"b' }] })),
      /^InvalidParameterValue: Invalid rule description/,
    ],
    [
      'both forms at once',
      () => admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [tcp({})], CidrIp: '0.0.0.0/0' }),
      /^InvalidParameterCombination/,
    ],
    [
      'the old form for what goes out',
      () =>
        admin.authorizeSecurityGroupEgress({
          GroupId,
          IpProtocol: 'tcp',
          FromPort: 1,
          ToPort: 1,
          CidrIp: '0.0.0.0/0',
        }),
      /^InvalidParameterCombination/,
    ],
    [
      'taking away what is not there',
      () => admin.revokeSecurityGroupIngress({ GroupId, IpPermissions: [tcp({})] }),
      'InvalidPermission.NotFound: The specified rule does not exist in this security group.',
    ],
    [
      'taking away a rule of the other direction',
      () => admin.revokeSecurityGroupEgress({ GroupId, IpPermissions: [web] }),
      /^InvalidPermission.NotFound/,
    ],
    [
      'taking away an id that is not there',
      () => admin.revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds: ['sgr-0'] }),
      "InvalidSecurityGroupRuleId.NotFound: The security group rule ID 'sgr-0' does not exist",
    ],
    ['taking away nothing', () => admin.revokeSecurityGroupIngress({ GroupId }), /^MissingParameter/],
    [
      'a dry run',
      () => admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [tcp({})], DryRun: true }),
      /^DryRunOperation/,
    ],
  ]
  const before = await admin.describeSecurityGroups({})
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 47)
  assert.deepEqual((await admin.describeSecurityGroups({})).SecurityGroups, before.SecurityGroups)
})

test('sixty rules of a kind are enough', async () => {
  const { admin } = await rig()
  const GroupId = await newGroup(admin, 'full')
  const IpRanges = Array.from({ length: 60 }, (_, at) => ({ CidrIp: `192.0.2.${at}/32` }))
  await admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [{ ...web, IpRanges }] })
  const ipv6 = { ...web, IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }
  await admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [ipv6] })
  const more = admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [web] })
  assert.match(await refusal(more), /^RulesPerSecurityGroupLimitExceeded/)
  const group = { ...web, IpRanges: [], UserIdGroupPairs: [{ GroupId }] }
  const alsoGroup = admin.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [group] })
  assert.match(await refusal(alsoGroup), /^RulesPerSecurityGroupLimitExceeded/, 'a group counts for IPv4 too')
})

test('rules change in their place, all of a call or none', async () => {
  const { admin, store, user } = await rig()
  const GroupId = await newGroup(admin, 'web')
  const { SecurityGroupRules = [] } = await admin.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [web, { ...web, FromPort: 81, ToPort: 81 }],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'a', Value: 'b' }] }],
  })
  const [one = '', two = ''] = SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId)
  const SecurityGroupRule = {
    IpProtocol: 'tcp',
    FromPort: 443,
    ToPort: 443,
    CidrIpv4: '192.0.2.9/24',
    Description: 'office',
  }
  const modify = (...changes: SecurityGroupRuleUpdate[]) =>
    admin.modifySecurityGroupRules({ GroupId, SecurityGroupRules: changes })
  await modify({ SecurityGroupRuleId: one, SecurityGroupRule })
  const shown = async (id: string) =>
    (await admin.describeSecurityGroupRules({ SecurityGroupRuleIds: [id] })).SecurityGroupRules?.[0]
  assert.deepEqual(await shown(one), {
    ...SecurityGroupRules[0],
    FromPort: 443,
    ToPort: 443,
    CidrIpv4: '192.0.2.0/24',
    Description: 'office',
  })
  assert.deepEqual(network.ingress(store.read, scope, [GroupId])[0], {
    sources: ['192.0.2.0/24'],
    fromPort: 443,
    toPort: 443,
  })

  await admin.updateSecurityGroupRuleDescriptionsIngress({
    GroupId,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: one, Description: 'the office' }],
  })
  await admin.updateSecurityGroupRuleDescriptionsIngress({
    GroupId,
    IpPermissions: [
      { ...web, FromPort: 81, ToPort: 81, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }] },
    ],
  })
  assert.deepEqual([(await shown(one))?.Description, (await shown(two))?.Description], ['the office', 'all'])
  await admin.updateSecurityGroupRuleDescriptionsIngress({
    GroupId,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: one, Description: '' }],
  })
  assert.equal((await shown(one))?.Description, undefined)

  const before = await admin.describeSecurityGroupRules({})
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: RegExp])[] = [
    [
      'a rule that is not there',
      () => modify({ SecurityGroupRuleId: 'sgr-0', SecurityGroupRule }),
      /^InvalidSecurityGroupRuleId.NotFound/,
    ],
    ['no change', () => modify({ SecurityGroupRuleId: one }), /^MissingParameter/],
    [
      'a rule twice',
      () =>
        modify(
          { SecurityGroupRuleId: one, SecurityGroupRule },
          { SecurityGroupRuleId: one, SecurityGroupRule: { ...SecurityGroupRule, ToPort: 444 } },
        ),
      /^InvalidParameterValue/,
    ],
    [
      'the same as another',
      () => modify({ SecurityGroupRuleId: two, SecurityGroupRule }),
      /^InvalidPermission.Duplicate/,
    ],
    [
      'two peers',
      () =>
        modify({ SecurityGroupRuleId: one, SecurityGroupRule: { ...SecurityGroupRule, CidrIpv6: '::/0' } }),
      /^InvalidParameterCombination/,
    ],
    [
      'no peer',
      () => modify({ SecurityGroupRuleId: one, SecurityGroupRule: { IpProtocol: '-1' } }),
      /^MissingParameter/,
    ],
    [
      'one good and one bad',
      () =>
        modify(
          { SecurityGroupRuleId: one, SecurityGroupRule: { ...SecurityGroupRule, ToPort: 444 } },
          { SecurityGroupRuleId: two, SecurityGroupRule: { ...SecurityGroupRule, CidrIpv4: 'x' } },
        ),
      /is malformed/,
    ],
    [
      'a description of no rule',
      () =>
        admin.updateSecurityGroupRuleDescriptionsIngress({
          GroupId,
          IpPermissions: [{ ...web, FromPort: 1, ToPort: 1 }],
        }),
      /^InvalidPermission.NotFound/,
    ],
    [
      'a description of the other direction',
      () =>
        admin.updateSecurityGroupRuleDescriptionsEgress({
          GroupId,
          SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: one, Description: 'a' }],
        }),
      /^InvalidSecurityGroupRuleId.NotFound/,
    ],
    [
      'no descriptions',
      () => admin.updateSecurityGroupRuleDescriptionsIngress({ GroupId }),
      /^MissingParameter/,
    ],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 10)
  assert.deepEqual((await admin.describeSecurityGroupRules({})).SecurityGroupRules, before.SecurityGroupRules)

  const arn = (resource: string) => `arn:aws:ec2:${region}:${here}:${resource}`
  const Resource = [arn(`security-group/${GroupId}`), arn(`security-group-rule/${one}`)]
  const half = await user('half', { Effect: 'Allow', Action: 'ec2:ModifySecurityGroupRules', Resource })
  const change = (id: string) =>
    half.modifySecurityGroupRules({
      GroupId,
      SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule }],
    })
  assert.equal(await refusal(change(one)), 'no refusal')
  assert.match(await refusal(change(two)), /^UnauthorizedOperation/)
})
