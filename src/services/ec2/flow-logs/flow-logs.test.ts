// Goal: flows of what stands in a VPC or subnet reach the buckets and log groups that its flow logs name, in AWS's format, by whom may.
// Method: AWS's own client against the pipeline; flows as the edge writes them; rows of refusals.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CreateFlowLogsCommandInput } from '@aws-sdk/client-ec2'
import { createFlowReader } from '#engines/detect/index.ts'
import { refusal } from '../../../../test/in-process.ts'
import { flowLogs } from '../documents.ts'
import { readFormat } from './fields.ts'
import { here, home, rig, roleArn, startMs } from './rig.test.ts'
import { isFlowLogged } from './view.ts'

const toBucket = { LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::flows/net/' } as const
const toGroup = { LogGroupName: 'flows', DeliverLogsPermissionArn: roleArn } as const
const seconds = Math.floor(startMs / 1_000)

test('flow logs: to a bucket, in the default format, a file a pass', async (t) => {
  const { ec2, VpcId, flow, pass, files, linesOf } = await rig(t)
  flow({ srcport: 1 }) // Before there was a flow log.
  const { FlowLogIds = [], Unsuccessful } = await ec2.createFlowLogs({
    ...{ ResourceType: 'VPC', ResourceIds: [VpcId], TrafficType: 'ALL', ...toBucket },
  })
  assert.deepEqual([FlowLogIds.length, Unsuccessful ?? []], [1, []])
  flow()
  flow({ action: 'REJECT', srcport: 40_001 })
  flow({ vpcId: 'vpc-0aaaaaaaaaaaaaaaa' })
  flow({ accountId: '444455556666' })
  flow({ region: 'us-east-1' })
  await pass()
  const [file = '', ...more] = files()
  assert.deepEqual(more, [])
  const name = `${here}_vpcflowlogs_${home}_${FlowLogIds[0]}_20260102T0304Z_`
  assert.ok(file.startsWith(`flows/net/AWSLogs/${here}/vpcflowlogs/${home}/2026/01/02/${name}`), file)
  assert.match(file, /_[0-9a-f]{8}\.log\.gz$/)
  const lines = linesOf(file)
  const at = `${seconds} ${seconds + 2}`
  assert.deepEqual(lines, [
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    `2 ${here} eni-00123456789abcdef 198.51.100.7 192.0.2.1 40000 443 6 3 1000 ${at} ACCEPT OK`,
    `2 ${here} eni-00123456789abcdef 198.51.100.7 192.0.2.1 40001 443 6 3 1000 ${at} REJECT OK`,
  ])
  // What detection reads from others it reads of ours.
  const reader = createFlowReader(lines[0] ?? '', startMs)
  assert.ok(reader && 'record' in reader.read(lines[1] ?? ''))
  await pass()
  assert.equal(files().length, 1, 'nothing comes twice')
  flow({ srcport: 40_002 })
  await pass()
  assert.equal(files().length, 2)
})

test('flow logs: to a log group by its role, made where it is not there; a subnet, a format, a kind of traffic', async (t) => {
  const { ec2, logs, role, subnetIds, VpcId, flow, pass } = await rig(t)
  await role()
  const [own = '', other = ''] = subnetIds
  await ec2.createFlowLogs({
    ...{ ResourceType: 'Subnet', ResourceIds: [own], TrafficType: 'REJECT', ...toGroup },
    LogFormat:
      '${version} ${vpc-id} ${subnet-id} ${az-id} ${type} ${tcp-flags} ${flow-direction} ${instance-id} ${region}',
    MaxAggregationInterval: 60,
  })
  flow()
  flow({ action: 'REJECT' })
  flow({ action: 'REJECT', subnetIds: [other] })
  flow({ action: 'REJECT', subnetIds: [other, own], srcaddr: '2001:db8::1', tcpFlags: undefined })
  await pass()
  const { events = [] } = await logs.filterLogEvents({ logGroupName: 'flows' })
  const { Subnets } = await ec2.describeSubnets({ SubnetIds: [own] })
  const zone = Subnets?.[0]?.AvailabilityZoneId ?? ''
  assert.deepEqual(
    events.map(({ logStreamName, message, timestamp }) => [logStreamName, message, timestamp]),
    [
      ['eni-00123456789abcdef-reject', `5 ${VpcId} ${own} ${zone} IPv4 3 ingress - ${home}`, startMs + 2_500],
      ['eni-00123456789abcdef-reject', `5 ${VpcId} ${own} ${zone} IPv6 - ingress - ${home}`, startMs + 2_500],
    ],
  )
})

test('flow logs: what cannot be delivered is told, and comes once it can', async (t) => {
  const { ec2, iam, logs, role, VpcId, flow, pass } = await rig(t)
  await role(['logs:PutLogEvents'])
  await ec2.createFlowLogs({ ResourceType: 'VPC', ResourceIds: [VpcId], TrafficType: 'ALL', ...toGroup })
  const status = async () => {
    const [shown] = (await ec2.describeFlowLogs({})).FlowLogs ?? []
    return [shown?.DeliverLogsStatus, shown?.DeliverLogsErrorMessage]
  }
  assert.deepEqual(await status(), ['SUCCESS', undefined])
  flow()
  await pass()
  assert.deepEqual(await status(), ['FAILED', 'Access error'])
  const failed = await ec2.describeFlowLogs({ Filter: [{ Name: 'deliver-log-status', Values: ['FAILED'] }] })
  assert.equal(failed.FlowLogs?.length, 1)
  await iam.putRolePolicy({
    ...{ RoleName: 'flow-logs', PolicyName: 'write' },
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
    }),
  })
  await pass()
  assert.deepEqual(await status(), ['SUCCESS', undefined])
  assert.equal((await logs.filterLogEvents({ logGroupName: 'flows' })).events?.length, 1)
})

test('flow logs: what was refused for more than a day comes once it can, but for what all of is older', async (t) => {
  const { ec2, iam, clock, logs, role, VpcId, flow, pass, logged } = await rig(t)
  await ec2.createFlowLogs({ ResourceType: 'VPC', ResourceIds: [VpcId], TrafficType: 'ALL', ...toGroup })
  const hourMs = 3_600_000
  const at = (hours: number) => ({ startMs: startMs + hours * hourMs, endMs: startMs + hours * hourMs })
  flow({ ...at(0), srcport: 1 })
  clock.nowMs += 25 * hourMs
  await pass()
  assert.equal(logged.length, 1, 'nobody lets it for a day: it is given up')
  flow({ ...at(25), srcport: 2 })
  clock.nowMs += 25 * hourMs
  flow({ ...at(50), srcport: 3 })
  await pass()
  for (const client of [iam, logs]) client.config.systemClockOffset += 50 * hourMs // They sign by the moment.
  await role()
  await pass()
  const { events = [] } = await logs.filterLogEvents({ logGroupName: 'flows' })
  assert.deepEqual(
    events.map(({ message }) => message?.split(' ')[5]),
    ['2', '3'],
  )
})

test('flow logs: a bucket that cannot be written to is told; options of folders', async (t) => {
  const { ec2, VpcId, flow, pass, files, buckets, logged } = await rig(t)
  mkdirSync(buckets)
  writeFileSync(join(buckets, 'taken'), '')
  chmodSync(join(buckets, 'taken'), 0o600)
  const create = (more: Partial<CreateFlowLogsCommandInput>) =>
    ec2.createFlowLogs({
      ResourceType: 'VPC',
      ResourceIds: [VpcId],
      TrafficType: 'ALL',
      ...toBucket,
      ...more,
    })
  await create({ LogDestination: 'arn:aws:s3:::taken' })
  const options = {
    HiveCompatiblePartitions: true,
    PerHourPartition: true,
    FileFormat: 'plain-text',
  } as const
  await create({ LogDestination: 'arn:aws:s3:::flows', DestinationOptions: options })
  flow()
  await pass()
  const file = files().find((one) => one.startsWith('flows/'))
  const folder = `aws-account-id=${here}/aws-service=vpcflowlogs/aws-region=${home}/year=2026/month=01/day=02/hour=03`
  assert.ok(file?.startsWith(`flows/AWSLogs/${folder}/`), file)
  const { FlowLogs = [] } = await ec2.describeFlowLogs({})
  assert.deepEqual(
    new Set(FlowLogs.map((one) => one.DeliverLogsErrorMessage)),
    new Set(['Unknown error', undefined]),
  )
  assert.equal(logged.length, 1)
})

test('flow logs: shown, tagged, found again by token, and gone with their VPC', async (t) => {
  const { ec2, elsewhere, store, subnetIds } = await rig(t)
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' })
  const VpcId = Vpc?.VpcId ?? ''
  const asked: CreateFlowLogsCommandInput = {
    ...{ ResourceType: 'VPC', ResourceIds: [VpcId], TrafficType: 'ACCEPT', ...toBucket, ClientToken: 'once' },
    TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: [{ Key: 'team', Value: 'net' }] }],
  }
  const place = { account: here, region: home, vpcId: VpcId, subnetIds: [] }
  assert.equal(isFlowLogged(store.read, place), false)
  const { FlowLogIds = [] } = await ec2.createFlowLogs(asked)
  assert.deepEqual((await ec2.createFlowLogs(asked)).FlowLogIds, FlowLogIds)
  for (const other of [
    { TrafficType: 'ALL' as const },
    { ResourceType: 'Subnet' as const, ResourceIds: subnetIds },
  ])
    assert.match(await refusal(ec2.createFlowLogs({ ...asked, ...other })), /^IdempotentParameterMismatch/)
  assert.equal(isFlowLogged(store.read, place), true)
  assert.equal(isFlowLogged(store.read, { ...place, vpcId: 'vpc-0', subnetIds }), false)
  const { FlowLogs = [] } = await ec2.describeFlowLogs({ FlowLogIds })
  const [{ CreationTime, ...shown } = {}] = FlowLogs
  assert.equal(CreationTime?.getTime(), startMs)
  assert.deepEqual(shown, {
    ...{ DeliverLogsStatus: 'SUCCESS', FlowLogId: FlowLogIds[0], FlowLogStatus: 'ACTIVE', ResourceId: VpcId },
    ...{ TrafficType: 'ACCEPT', LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::flows/net/' },
    LogFormat:
      '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}',
    ...{ Tags: [{ Key: 'team', Value: 'net' }], MaxAggregationInterval: 600 },
    DestinationOptions: {
      FileFormat: 'plain-text',
      HiveCompatiblePartitions: false,
      PerHourPartition: false,
    },
  })
  await ec2.createTags({ Resources: FlowLogIds, Tags: [{ Key: 'more', Value: '1' }] })
  const found = async (Name: string, value: string) =>
    (await ec2.describeFlowLogs({ Filter: [{ Name, Values: [value] }] })).FlowLogs?.length
  assert.deepEqual(
    [
      await found('tag:more', '1'),
      await found('resource-id', VpcId),
      await found('traffic-type', 'REJECT'),
      await found('log-destination-type', 's3'),
    ],
    [1, 1, 0, 1],
  )
  assert.deepEqual((await elsewhere.describeFlowLogs({})).FlowLogs, [])
  await ec2.deleteVpc({ VpcId })
  assert.deepEqual((await ec2.describeFlowLogs({})).FlowLogs, [])
  assert.equal([...store.read.everywhere(flowLogs)].length, 0)
})

test('flow logs: what cannot be is refused', async (t) => {
  const { ec2, VpcId, subnetIds } = await rig(t)
  const create = (more: Partial<CreateFlowLogsCommandInput>) =>
    ec2.createFlowLogs({
      ResourceType: 'VPC',
      ResourceIds: [VpcId],
      TrafficType: 'ALL',
      ...toBucket,
      ...more,
    })
  const none = { LogDestinationType: undefined, LogDestination: undefined } as const
  await create({ LogDestination: 'arn:aws:s3:::one' })
  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['no VPC', () => create({ ResourceIds: ['vpc-0'] }), /^InvalidVpcID.NotFound/],
    [
      'no subnet',
      () => create({ ResourceType: 'Subnet', ResourceIds: ['subnet-0'] }),
      /^InvalidSubnetID.NotFound/,
    ],
    [
      'an interface',
      () => create({ ResourceType: 'NetworkInterface', ResourceIds: ['eni-0'] }),
      /^InvalidNetworkInterfaceID.NotFound/,
    ],
    ['a gateway', () => create({ ResourceType: 'TransitGateway' }), /^UnsupportedOperation/],
    ['no kind of traffic', () => create({ TrafficType: undefined }), /^MissingParameter/],
    [
      'no role',
      () => create({ ...none, LogGroupName: 'flows' }),
      /^InvalidParameter: DeliverLogsPermissionArn/,
    ],
    [
      'no group',
      () => create({ ...none, DeliverLogsPermissionArn: roleArn }),
      /^InvalidParameter: LogDestination can't be empty/,
    ],
    [
      'two groups',
      () => create({ ...none, ...toGroup, LogDestination: `arn:aws:logs:${home}:${here}:log-group:flows` }),
      /^InvalidParameter: Please only/,
    ],
    [
      'a group elsewhere',
      () =>
        create({
          ...none,
          ...{ DeliverLogsPermissionArn: roleArn },
          LogDestination: `arn:aws:logs:us-east-1:${here}:log-group:flows`,
        }),
      /^InvalidParameter: LogDestination/,
    ],
    [
      'a role of another account',
      () => create({ ...none, ...toGroup, DeliverLogsPermissionArn: 'arn:aws:iam::444455556666:role/r' }),
      /^InvalidParameter/,
    ],
    ['no bucket', () => create({ LogDestination: undefined }), /^InvalidParameter: LogDestination can't/],
    ['a way out', () => create({ LogDestination: 'arn:aws:s3:::flows/../../x' }), /^InvalidParameter/],
    ['a way up', () => create({ LogDestination: 'arn:aws:s3:::..' }), /^InvalidParameter/],
    ['a name of AWS', () => create({ LogDestination: 'arn:aws:s3:::flows/AWSLogs' }), /^InvalidParameter/],
    ['a stream', () => create({ LogDestinationType: 'kinesis-data-firehose' }), /^UnsupportedOperation/],
    ['Parquet', () => create({ DestinationOptions: { FileFormat: 'parquet' } }), /^UnsupportedOperation/],
    ['another interval', () => create({ MaxAggregationInterval: 300 }), /^InvalidParameter/],
    ['an unknown field', () => create({ LogFormat: '${version} ${nonsense}' }), /^InvalidParameter/],
    ['no format', () => create({ LogFormat: 'version' }), /^InvalidParameter/],
    ['a field twice', () => create({ LogFormat: '${start} ${start}' }), /^InvalidParameter/],
    ['the same again', () => create({ LogDestination: 'arn:aws:s3:::one' }), /^FlowLogAlreadyExists/],
    [
      'tags of another kind',
      () => create({ TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] }] }),
      /^InvalidParameterValue/,
    ],
    ['a dry run', () => create({ DryRun: true }), /^DryRunOperation/],
    [
      'one that is not there',
      () => ec2.deleteFlowLogs({ FlowLogIds: ['fl-0'] }),
      /^InvalidFlowLogId.NotFound/,
    ],
    ['one to show', () => ec2.describeFlowLogs({ FlowLogIds: ['fl-0'] }), /^InvalidFlowLogId.NotFound/],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    assert.match(await refusal(call()), want, title)
    ran += 1
  }
  assert.equal(ran, 25)
  assert.equal((await ec2.describeFlowLogs({})).FlowLogs?.length, 1, 'none was made')
  await create({})
  assert.match(await refusal(create({ LogDestination: 'arn:aws:s3:::three' })), /^FlowLogsLimitExceeded/)
  await create({ ResourceType: 'Subnet', ResourceIds: subnetIds })
  const { FlowLogs = [] } = await ec2.describeFlowLogs({})
  assert.equal(FlowLogs.length, 2 + subnetIds.length)
  await ec2.deleteFlowLogs({ FlowLogIds: FlowLogs.map(({ FlowLogId = '' }) => FlowLogId) })
  assert.deepEqual((await ec2.describeFlowLogs({})).FlowLogs, [])
})

test('flow logs: who may make and delete them', async (t) => {
  const { user, role, VpcId } = await rig(t)
  await role()
  const allow = (Action: string | readonly string[], Resource = '*', Condition?: object) => ({
    ...{ Effect: 'Allow', Action, Resource },
    ...(Condition && { Condition }),
  })
  const create = allow('ec2:CreateFlowLogs')
  const passing = allow('iam:PassRole', roleArn, {
    StringEquals: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' },
  })
  const vpc: CreateFlowLogsCommandInput = { ResourceType: 'VPC', ResourceIds: [VpcId], TrafficType: 'ALL' }
  const bucket = { ...vpc, ...toBucket }
  const group = { ...vpc, ...toGroup }
  const tagged = {
    ...bucket,
    LogDestination: 'arn:aws:s3:::tagged',
    TagSpecifications: [{ ResourceType: 'vpc-flow-log' as const, Tags: [{ Key: 'a', Value: 'b' }] }],
  }
  const rows: readonly (readonly [string, readonly object[], CreateFlowLogsCommandInput, RegExp])[] = [
    ['nothing', [allow('ec2:DescribeVpcs')], bucket, /^UnauthorizedOperation/],
    ['no log delivery', [create], bucket, /^UnauthorizedOperation/],
    [
      'another VPC',
      [allow(['ec2:CreateFlowLogs'], 'arn:aws:ec2:*:*:vpc/vpc-0')],
      bucket,
      /^UnauthorizedOperation/,
    ],
    ['no role', [create], group, /^UnauthorizedOperation/],
    ['no tags', [create, allow('logs:CreateLogDelivery')], tagged, /^UnauthorizedOperation/],
    [
      'a missing VPC',
      [allow('ec2:DescribeVpcs')],
      { ...bucket, ResourceIds: ['vpc-0'] },
      /^UnauthorizedOperation/,
    ],
    ['a bucket', [create, allow('logs:CreateLogDelivery')], bucket, /^no refusal$/],
    ['a role', [create, passing], group, /^no refusal$/],
  ]
  let ran = 0
  for (const [title, statements, input, want] of rows) {
    const client = await user(`u${ran}`, ...statements)
    assert.match(await refusal(client.createFlowLogs(input)), want, title)
    ran += 1
  }
  assert.equal(ran, 8)
})

test('flow formats: every field of versions 2 to 5', () => {
  const { header, line } = readFormat(
    '${traffic-path} ${pkt-srcaddr} ${pkt-dst-aws-service} ${sublocation-id} ${end}',
  )
  assert.equal(header, 'traffic-path pkt-srcaddr pkt-dst-aws-service sublocation-id end')
  const text = line({
    ...{ account: here, region: home, vpcId: 'vpc-0', subnetId: 'subnet-0', zoneId: undefined },
    ...{ interfaceId: 'eni-0', srcaddr: '192.0.2.1', dstaddr: '192.0.2.2', srcport: 1, dstport: 2 },
    ...{ protocol: 6, packets: 1, bytes: 1, startMs: 0, endMs: 1_999, action: 'ACCEPT' },
  })
  assert.equal(text, '- 192.0.2.1 - - 1')
})
