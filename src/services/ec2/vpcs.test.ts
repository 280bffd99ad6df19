// Goal: an account has a network without making one, keeps it whatever changes, and makes others beside it. Method: AWS's own client
// against the pipeline; rows of refusals.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EC2 } from '@aws-sdk/client-ec2'
import { defaults, here, newGroup, refusal, region, rig, there } from './rig.test.ts'

async function everything(client: EC2) {
  const [vpcs, subnets, groups, rules] = [
    await client.describeVpcs({}),
    await client.describeSubnets({}),
    await client.describeSecurityGroups({}),
    await client.describeSecurityGroupRules({}),
  ]
  return [vpcs.Vpcs, subnets.Subnets, groups.SecurityGroups, rules.SecurityGroupRules]
}

test('every account has a default network in every region, which the first change leaves as it was', async () => {
  const { admin, administrator } = await rig()
  const before = await everything(admin)
  const { VpcId, Subnets, GroupId } = await defaults(admin)
  assert.match(VpcId, /^vpc-[0-9a-f]{17}$/)
  assert.match(GroupId, /^sg-[0-9a-f]{17}$/)
  assert.deepEqual(
    Subnets.map(({ AvailabilityZone, CidrBlock }) => `${AvailabilityZone} ${CidrBlock}`).toSorted(),
    ['us-east-1a 172.31.0.0/20', 'us-east-1b 172.31.16.0/20', 'us-east-1c 172.31.32.0/20'],
  )
  const tagged = { Resources: [VpcId], Tags: [{ Key: 'a', Value: 'b' }] }
  await admin.createTags(tagged)
  assert.notDeepEqual(await everything(admin), before)
  await admin.deleteTags(tagged)
  assert.deepEqual(await everything(admin), before)

  const elsewhere = [await defaults(administrator(here, 'eu-west-1')), await defaults(administrator(there))]
  assert.equal(new Set([VpcId, ...elsewhere.map((each) => each.VpcId)]).size, 3, 'each has ids of its own')
})

test('the default VPC can be deleted, and stays so', async () => {
  const { admin } = await rig()
  const { VpcId, Subnets } = await defaults(admin)
  const dependent = `DependencyViolation: The vpc '${VpcId}' has dependencies and cannot be deleted.`
  assert.equal(await refusal(admin.deleteVpc({ VpcId })), dependent)
  for (const { SubnetId } of Subnets) await admin.deleteSubnet({ SubnetId })
  await admin.deleteVpc({ VpcId })
  assert.deepEqual(await everything(admin), [[], [], [], []])
  assert.equal(
    await refusal(admin.createSecurityGroup({ GroupName: 'a', Description: 'b' })),
    'VPCIdNotSpecified: No default VPC for this user',
  )
  const { AccountAttributes } = await admin.describeAccountAttributes({ AttributeNames: ['default-vpc'] })
  assert.deepEqual(AccountAttributes, [
    { AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: 'none' }] },
  ])
})

test('a VPC is made with its default group, shown, changed and deleted', async () => {
  const { admin, used } = await rig()
  const { Vpc } = await admin.createVpc({
    CidrBlock: '10.1.2.3/16',
    TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'one' }] }],
  })
  const VpcId = Vpc?.VpcId ?? ''
  assert.equal(Vpc?.CidrBlock, '10.1.0.0/16', 'the network’s own address is kept')
  assert.equal(Vpc?.OwnerId, here)
  assert.deepEqual((await admin.describeVpcs({ VpcIds: [VpcId] })).Vpcs, [Vpc])

  const attribute = async (Attribute: 'enableDnsHostnames' | 'enableDnsSupport') =>
    admin.describeVpcAttribute({ VpcId, Attribute })
  assert.equal((await attribute('enableDnsHostnames')).EnableDnsHostnames?.Value, false)
  await admin.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } })
  assert.equal((await attribute('enableDnsHostnames')).EnableDnsHostnames?.Value, true)
  assert.equal((await attribute('enableDnsSupport')).EnableDnsSupport?.Value, true)

  const { SecurityGroups } = await admin.describeSecurityGroups({
    Filters: [{ Name: 'vpc-id', Values: [VpcId] }],
  })
  assert.deepEqual(
    SecurityGroups?.map(({ GroupName }) => GroupName),
    ['default'],
  )
  const { Subnet } = await admin.createSubnet({
    VpcId,
    CidrBlock: '10.1.1.0/24',
    AvailabilityZone: 'us-east-1b',
  })
  assert.equal(Subnet?.AvailabilityZoneId, 'use1-az2')
  assert.equal(Subnet?.AvailableIpAddressCount, 251)
  assert.equal(Subnet?.SubnetArn, `arn:aws:ec2:${region}:${here}:subnet/${Subnet?.SubnetId}`)
  const { SubnetId } = Subnet ?? {}
  await admin.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: { Value: true } })
  const [changed] = (await admin.describeSubnets({ SubnetIds: [SubnetId ?? ''] })).Subnets ?? []
  assert.deepEqual(changed, { ...Subnet, MapPublicIpOnLaunch: true })
  const dns64 = admin.modifySubnetAttribute({ SubnetId, EnableDns64: { Value: true } })
  assert.match(await refusal(dns64), /^UnsupportedOperation/)
  assert.match(await refusal(admin.modifySubnetAttribute({ SubnetId })), /^MissingParameter/)
  await admin.deleteSubnet({ SubnetId })
  const groupId = SecurityGroups?.[0]?.GroupId ?? ''
  used.add(groupId)
  assert.match(await refusal(admin.deleteVpc({ VpcId })), /^DependencyViolation/, 'a balancer has its group')
  used.delete(groupId)
  await admin.deleteVpc({ VpcId })
  assert.equal(
    await refusal(admin.describeVpcs({ VpcIds: [VpcId] })),
    `InvalidVpcID.NotFound: The vpc ID '${VpcId}' does not exist`,
  )
  assert.equal(
    await refusal(admin.deleteVpc({ VpcId })),
    `InvalidVpcID.NotFound: The vpc ID '${VpcId}' does not exist`,
  )
})

test('what cannot be is refused', async () => {
  const { admin, used } = await rig()
  const { VpcId } = await defaults(admin)
  const { Vpc } = await admin.createVpc({ CidrBlock: '10.0.0.0/16' })
  const own = Vpc?.VpcId ?? ''
  const { Subnet } = await admin.createSubnet({ VpcId: own, CidrBlock: '10.0.0.0/24' })
  const SubnetId = Subnet?.SubnetId ?? ''
  used.add(SubnetId)
  const subnet = (CidrBlock: string, more = {}) => admin.createSubnet({ VpcId: own, CidrBlock, ...more })
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: string | RegExp])[] = [
    [
      'too big a VPC',
      () => admin.createVpc({ CidrBlock: '10.0.0.0/15' }),
      "InvalidVpc.Range: The CIDR '10.0.0.0/15' is invalid.",
    ],
    ['too small a VPC', () => admin.createVpc({ CidrBlock: '10.0.0.0/29' }), /^InvalidVpc.Range/],
    [
      'no block',
      () => admin.createVpc({}),
      'MissingParameter: The request must contain the parameter cidrBlock',
    ],
    [
      'three parts',
      () => admin.createVpc({ CidrBlock: '10.0.0/16' }),
      'InvalidParameterValue: Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    ],
    [
      'a leading zero, which some read as octal',
      () => admin.createVpc({ CidrBlock: '10.010.0.0/16' }),
      /^InvalidParameterValue/,
    ],
    ['an address', () => admin.createVpc({ CidrBlock: '10.0.0.0' }), /^InvalidParameterValue/],
    ['an IPv6 block', () => admin.createVpc({ CidrBlock: '2001:db8::/28' }), /^InvalidParameterValue/],
    [
      'IPv6 of AWS',
      () => admin.createVpc({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
      /^UnsupportedOperation/,
    ],
    [
      'a length of a pool that is not named',
      () => admin.createVpc({ CidrBlock: '10.0.0.0/16', Ipv4NetmaskLength: 24 }),
      /^UnsupportedOperation/,
    ],
    ['the same of a subnet', () => subnet('10.0.1.0/24', { Ipv4NetmaskLength: 28 }), /^UnsupportedOperation/],
    [
      'tags of a subnet on a VPC',
      () =>
        admin.createVpc({
          CidrBlock: '10.0.0.0/16',
          TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: 'b' }] }],
        }),
      "InvalidParameterValue: 'subnet' is not a valid taggable resource type for this operation.",
    ],
    [
      'a subnet outside of its VPC',
      () => subnet('10.1.0.0/24'),
      "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.",
    ],
    ['a subnet wider than its VPC', () => subnet('10.0.0.0/15'), /^InvalidSubnet.Range/],
    [
      'a subnet on another',
      () => subnet('10.0.0.128/25'),
      "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet",
    ],
    ['a subnet around another', () => subnet('10.0.0.0/16'), /^InvalidSubnet.Conflict/],
    [
      'a zone that is not there',
      () => subnet('10.0.1.0/24', { AvailabilityZone: 'us-east-1d' }),
      /^InvalidParameterValue: Value \(us-east-1d\) for parameter availabilityZone/,
    ],
    [
      'a VPC that is not there',
      () => admin.createSubnet({ VpcId: 'vpc-0', CidrBlock: '10.0.0.0/24' }),
      "InvalidVpcID.NotFound: The vpc ID 'vpc-0' does not exist",
    ],
    [
      'a subnet that is not there',
      () => admin.deleteSubnet({ SubnetId: 'subnet-0' }),
      "InvalidSubnetID.NotFound: The subnet ID 'subnet-0' does not exist",
    ],
    [
      'a subnet that a balancer stands in',
      () => admin.deleteSubnet({ SubnetId }),
      `DependencyViolation: The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
    ],
    ['no attribute', () => admin.modifyVpcAttribute({ VpcId }), /^MissingParameter/],
    [
      'two attributes',
      () =>
        admin.modifyVpcAttribute({
          VpcId,
          EnableDnsSupport: { Value: true },
          EnableDnsHostnames: { Value: true },
        }),
      /^InvalidParameterCombination/,
    ],
    [
      'a dry run',
      () => admin.deleteVpc({ VpcId, DryRun: true }),
      'DryRunOperation: Request would have succeeded, but DryRun flag is set.',
    ],
    [
      'a filter that is none',
      () => admin.describeVpcs({ Filters: [{ Name: 'colour', Values: ['red'] }] }),
      "InvalidParameterValue: The filter 'colour' is invalid",
    ],
    [
      'a filter of an object’s own',
      () => admin.describeVpcs({ Filters: [{ Name: 'constructor', Values: ['red'] }] }),
      "InvalidParameterValue: The filter 'constructor' is invalid",
    ],
    [
      'too small a page',
      () => admin.describeVpcs({ MaxResults: 4 }),
      /^InvalidParameterValue: Value '4' for parameter MaxResults is invalid/,
    ],
    [
      'ids and pages at once',
      () => admin.describeVpcs({ MaxResults: 5, VpcIds: [VpcId] }),
      /^InvalidParameterCombination/,
    ],
    [
      'a token of another make',
      () => admin.describeVpcs({ NextToken: 'abc' }),
      'InvalidNextToken: The token is invalid.',
    ],
    [
      'an interface, of which there are none',
      () => admin.describeNetworkInterfaces({ NetworkInterfaceIds: ['eni-1'] }),
      "InvalidNetworkInterfaceID.NotFound: The networkInterface ID 'eni-1' does not exist",
    ],
    [
      'a filter of interfaces that is none',
      () => admin.describeNetworkInterfaces({ Filters: [{ Name: 'x', Values: ['y'] }] }),
      /^InvalidParameterValue/,
    ],
    ['what is not implemented', () => admin.describeRouteTables({}), /^NotImplemented/],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 30)
  assert.equal(
    (await admin.describeVpcs({})).Vpcs?.length,
    2,
    'the dry run and the refusals made and deleted nothing',
  )
  for (let made = 2; made < 5; made++) await admin.createVpc({ CidrBlock: '10.9.0.0/16' })
  assert.match(await refusal(admin.createVpc({ CidrBlock: '10.9.0.0/16' })), /^VpcLimitExceeded/)
})

test('filters narrow lists: all of them by one of their values, with wildcards', async () => {
  const { admin } = await rig()
  const { Subnets, VpcId } = await defaults(admin)
  const [first] = Subnets
  const SubnetId = first?.SubnetId ?? ''
  await admin.createTags({ Resources: [SubnetId], Tags: [{ Key: 'team*', Value: 'edge' }] })
  const rows: readonly (readonly [
    title: string,
    filters: Readonly<Record<string, readonly string[]>>,
    count: number,
  ])[] = [
    ['none', {}, 3],
    ['one value', { 'availability-zone': ['us-east-1a'] }, 1],
    ['two values', { 'availability-zone': ['us-east-1a', 'us-east-1b'] }, 2],
    [
      'two filters',
      { 'availability-zone': ['us-east-1a', 'us-east-1b'], 'cidr-block': ['172.31.16.0/20'] },
      1,
    ],
    ['any run of characters', { 'cidr-block': ['172.31.*'] }, 3],
    ['any one character', { 'cidr-block': ['172.31.?.0/20'] }, 1],
    ['an escaped wildcard', { 'cidr-block': ['172.31.\\*'] }, 0],
    ['another VPC', { 'vpc-id': ['vpc-0'] }, 0],
    ['the VPC', { 'vpc-id': [VpcId] }, 3],
    ['a tag', { 'tag:team*': ['edge'] }, 1],
    ['another value of the tag', { 'tag:team*': ['core'] }, 0],
    ['a tag whose name an object has', { 'tag:constructor': ['*'] }, 0],
    ['a tag’s key', { 'tag-key': ['team\\*'] }, 1],
    ['the owner', { 'owner-id': [here] }, 3],
    ['zones by id', { 'availability-zone-id': ['use1-az3'] }, 1],
    ['case counts', { 'availability-zone': ['US-EAST-1A'] }, 0],
  ]
  let ran = 0
  for (const [title, filters, count] of rows) {
    const Filters = Object.entries(filters).map(([Name, Values]) => ({ Name, Values: [...Values] }))
    assert.equal((await admin.describeSubnets({ Filters })).Subnets?.length, count, title)
    ran += 1
  }
  assert.equal(ran, 16)
})

test('pages go on behind the last id shown', async () => {
  const { admin } = await rig()
  for (let made = 0; made < 9; made++) await newGroup(admin, `group ${made}`)
  const all = (await admin.describeSecurityGroups({})).SecurityGroups?.map(({ GroupId }) => GroupId)
  const first = await admin.describeSecurityGroups({ MaxResults: 6 })
  assert.equal(first.SecurityGroups?.length, 6)
  await admin.deleteSecurityGroup({
    GroupId: first.SecurityGroups?.findLast(({ GroupName }) => GroupName !== 'default')?.GroupId,
  })
  const second = await admin.describeSecurityGroups({ MaxResults: 6, NextToken: first.NextToken })
  assert.equal(second.NextToken, undefined)
  assert.deepEqual(
    [...(first.SecurityGroups ?? []), ...(second.SecurityGroups ?? [])].map(({ GroupId }) => GroupId),
    all,
  )
})

test('regions, zones and account attributes are told', async () => {
  const { admin, administrator } = await rig()
  const { Regions = [] } = await admin.describeRegions({})
  assert.equal(Regions.length, 17)
  const { AvailabilityZones } = await administrator(here, 'ap-southeast-2').describeAvailabilityZones({
    Filters: [{ Name: 'state', Values: ['available'] }],
  })
  assert.deepEqual(
    AvailabilityZones?.map(({ ZoneName, ZoneId }) => `${ZoneName} ${ZoneId}`),
    ['ap-southeast-2a apse2-az1', 'ap-southeast-2b apse2-az2', 'ap-southeast-2c apse2-az3'],
  )
  assert.match(await refusal(admin.describeRegions({ RegionNames: ['mars-1'] })), /^InvalidParameterValue/)
  assert.match(
    await refusal(admin.describeAvailabilityZones({ ZoneNames: ['us-east-1z'] })),
    /^InvalidParameterValue/,
  )
  const { AccountAttributes } = await admin.describeAccountAttributes({})
  const { VpcId } = await defaults(admin)
  assert.deepEqual(
    AccountAttributes?.map(({ AttributeName, AttributeValues }) => [
      AttributeName,
      AttributeValues?.[0]?.AttributeValue,
    ]),
    [
      ['supported-platforms', 'VPC'],
      ['default-vpc', VpcId],
    ],
  )
  assert.deepEqual(
    (await admin.describeNetworkInterfaces({ Filters: [{ Name: 'group-id', Values: ['sg-1'] }] }))
      .NetworkInterfaces,
    [],
  )
})
