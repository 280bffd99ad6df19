// Goal: nobody makes a service act on what is another account's by naming it: where AWS refuses the configuration it is refused, and where AWS
// takes it, what is named decides at delivery by its policy. Method: another account's administrator, who may everything at home, configures
// his own things with the victim's queues, keys, roles, certificates and so on; each way is a row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallAnswer } from '#core/service-calls.ts'
import type { ServiceName } from '#wire/index.ts'
import { zip } from '../functions/zip.ts'
import { admin, type Cloud, cloudFor, home, stranger, victim } from './cloud.ts'
import { plant } from './plants.ts'

const theirs = (service: string, resource: string) => `arn:aws:${service}:${home}:${victim}:${resource}`
const own = (service: string, resource: string) => `arn:aws:${service}:${home}:${stranger}:${resource}`
const role = `arn:aws:iam::${victim}:role/admin`
const ownRole = `arn:aws:iam::${stranger}:role/admin`
const queue = theirs('sqs', 'planted-queue')
const topic = theirs('sns', 'planted-topic')
const fn = theirs('lambda', 'function:planted-function')
const logGroup = theirs('logs', 'log-group:planted-logs')
const Code = { ZipFile: zip({ name: 'index.mjs', content: 'export const handler = () => 1' }) }
const runtime = { Runtime: 'nodejs24.x', Handler: 'index.handler', Code }
const daily = { ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' } }
const visibility = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'm' }
const acl = { Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig: visibility }
const ownQueueUrl = `https://sqs.${home}.amazonaws.com/${stranger}/planted-queue`

/** ARNs and ids that only the answers tell. */
interface Names {
  readonly key: string
  readonly bareKey: string
  readonly certificate: string
  readonly balancer: string
  readonly targetGroup: string
  readonly subnets: readonly string[]
  readonly vpc: string
  readonly group: string
  readonly acl: string
  readonly addresses: string
  readonly ruleGroup: string
  readonly connection: string
  readonly detector: string
}

type Row = readonly [
  sentence: string,
  operation: `${ServiceName}:${string}`,
  input: object | ((their: Names, mine: Names) => object),
  want: RegExp,
]

/** A configuration that is taken, as AWS takes it: at delivery the victim's policy decides (test/attacks/deputies.test.ts). */
const taken = /^ok$/

/** By what the victim's policies say, which is nothing. */
const denied = /^AccessDenied: .* because no (?:resource-based|role trust|key) policy allows/

const rows: readonly Row[] = [
  // EventBridge
  [
    'a rule with a role',
    'events:PutRule',
    { Name: 'r', EventPattern: '{"source":["a"]}', RoleArn: role },
    /^ValidationError: /,
  ],
  [
    'a target with a role',
    'events:PutTargets',
    target({ Arn: own('sqs', 'planted-queue'), RoleArn: role }),
    /^ValidationError: /,
  ],
  ['a queue as a target', 'events:PutTargets', target({ Arn: queue }), taken],
  ['a topic as a target', 'events:PutTargets', target({ Arn: topic }), taken],
  ['a function as a target', 'events:PutTargets', target({ Arn: fn }), taken],
  ['a log group as a target', 'events:PutTargets', target({ Arn: logGroup }), /^ValidationError: /],
  [
    'a queue for dead letters',
    'events:PutTargets',
    target({ Arn: own('sqs', 'planted-queue'), DeadLetterConfig: { Arn: queue } }),
    taken,
  ],
  [
    'a bus as a target, by its policy',
    'events:PutTargets',
    target({ Arn: theirs('events', 'event-bus/planted-bus') }),
    taken,
  ],
  [
    'a connection',
    'events:CreateApiDestination',
    (their) => ({
      Name: 'd',
      ConnectionArn: their.connection,
      InvocationEndpoint: 'https://example.com/',
      HttpMethod: 'POST',
    }),
    denied,
  ],
  [
    'a connection, afterwards',
    'events:UpdateApiDestination',
    (their) => ({ Name: 'planted-destination', ConnectionArn: their.connection }),
    /^ResourceNotFoundException: /,
  ],
  [
    'an archive of a bus',
    'events:CreateArchive',
    { ArchiveName: 'a', EventSourceArn: theirs('events', 'event-bus/default') },
    denied,
  ],
  [
    'a rule on a bus',
    'events:PutRule',
    { Name: 'r', EventPattern: '{"source":["a"]}', EventBusName: theirs('events', 'event-bus/planted-bus') },
    denied,
  ],
  [
    'a replay into a bus',
    'events:StartReplay',
    {
      ReplayName: 'r',
      EventSourceArn: theirs('events', 'archive/planted-archive'),
      EventStartTime: new Date(0),
      EventEndTime: new Date(1e12),
      Destination: { Arn: own('events', 'event-bus/default') },
    },
    denied,
  ],
  // Scheduler
  [
    'a schedule with a role',
    'scheduler:CreateSchedule',
    { Name: 's', ...daily, Target: { Arn: own('sqs', 'planted-queue'), RoleArn: role } },
    /^AccessDenied: .* perform: iam:PassRole /,
  ],
  [
    'a queue, by a role of one’s own',
    'scheduler:CreateSchedule',
    { Name: 's', ...daily, Target: { Arn: queue, RoleArn: ownRole } },
    taken,
  ],
  // Lambda
  [
    'a function with a role',
    'lambda:CreateFunction',
    { FunctionName: 'f', Role: role, ...runtime },
    /^AccessDenied: .* perform: iam:PassRole /,
  ],
  [
    'another role, afterwards',
    'lambda:UpdateFunctionConfiguration',
    { FunctionName: 'planted-function', Role: role },
    /^AccessDenied: .* perform: iam:PassRole /,
  ],
  ['code of a function', 'lambda:UpdateFunctionCode', { FunctionName: fn, ZipFile: Code.ZipFile }, denied],
  [
    'a layer',
    'lambda:UpdateFunctionConfiguration',
    { FunctionName: 'planted-function', Layers: [`${theirs('lambda', 'layer:planted-layer')}:1`] },
    /^AccessDenied: .* perform: lambda:GetLayerVersion /,
  ],
  [
    'a key of variables',
    'lambda:UpdateFunctionConfiguration',
    (their) => ({
      FunctionName: 'planted-function',
      KMSKeyArn: their.key,
      Environment: { Variables: { NAME: 'b' } },
    }),
    /^AccessDenied: .* perform: kms:Encrypt /,
  ],
  [
    'a queue as a source',
    'lambda:CreateEventSourceMapping',
    { FunctionName: 'planted-function', EventSourceArn: queue },
    taken,
  ],
  [
    'a queue as a destination',
    'lambda:PutFunctionEventInvokeConfig',
    { FunctionName: 'planted-function', DestinationConfig: { OnFailure: { Destination: queue } } },
    taken,
  ],
  [
    'a queue for dead letters',
    'lambda:UpdateFunctionConfiguration',
    { FunctionName: 'planted-function', DeadLetterConfig: { TargetArn: queue } },
    taken,
  ],
  [
    'an alias of a function',
    'lambda:CreateAlias',
    { FunctionName: fn, Name: 'mine', FunctionVersion: '1' },
    denied,
  ],
  // CloudTrail and flow logs
  [
    'a log group and a role',
    'cloudtrail:CreateTrail',
    {
      Name: 'ttt',
      S3BucketName: 'own-bucket',
      CloudWatchLogsLogGroupArn: `${logGroup}:*`,
      CloudWatchLogsRoleArn: role,
    },
    /^AccessDenied: .* perform: iam:PassRole /,
  ],
  [
    'a log group, by a role of one’s own',
    'cloudtrail:CreateTrail',
    {
      Name: 'ttt',
      S3BucketName: 'own-bucket',
      CloudWatchLogsLogGroupArn: `${logGroup}:*`,
      CloudWatchLogsRoleArn: ownRole,
    },
    /^InvalidCloudWatchLogsLogGroupArnException: /,
  ],
  [
    'a flow log with a role',
    'ec2:CreateFlowLogs',
    (_, mine) => ({
      ResourceType: 'VPC',
      ResourceIds: [mine.vpc],
      TrafficType: 'ALL',
      LogGroupName: 'planted-logs',
      DeliverLogsPermissionArn: role,
    }),
    /^InvalidParameter: /,
  ],
  [
    'a flow log of a network',
    'ec2:CreateFlowLogs',
    (their) => ({
      ResourceType: 'VPC',
      ResourceIds: [their.vpc],
      TrafficType: 'ALL',
      LogGroupName: 'planted-logs',
      DeliverLogsPermissionArn: ownRole,
    }),
    /^InvalidVpcID.NotFound: /,
  ],
  [
    'a flow log into a log group',
    'ec2:CreateFlowLogs',
    (_, mine) => ({
      ResourceType: 'VPC',
      ResourceIds: [mine.vpc],
      TrafficType: 'ALL',
      LogDestination: logGroup,
      DeliverLogsPermissionArn: ownRole,
    }),
    /^InvalidParameter: /,
  ],
  // CloudWatch Logs
  [
    'a function for a subscription',
    'logs:PutSubscriptionFilter',
    { logGroupName: 'planted-logs', filterName: 'f', filterPattern: '', destinationArn: fn },
    /^InvalidParameterException: /,
  ],
  [
    'a key of a log group',
    'logs:AssociateKmsKey',
    (their) => ({ logGroupName: 'planted-logs', kmsKeyId: their.key }),
    /^AccessDeniedException: /,
  ],
  [
    'a load balancer as a source',
    'logs:PutDeliverySource',
    (their) => ({ name: 's', resourceArn: their.balancer, logType: 'ALB_ACCESS_LOGS' }),
    /^AccessDenied: .* perform: elasticloadbalancing:AllowVendedLogDeliveryForResource /,
  ],
  [
    'a log group as a destination',
    'logs:PutDeliveryDestination',
    { name: 'd', deliveryDestinationConfiguration: { destinationResourceArn: logGroup } },
    /^ResourceNotFoundException: /,
  ],
  [
    'a log group to read',
    'logs:StartQuery',
    { logGroupIdentifiers: [logGroup], startTime: 0, endTime: 1e9, queryString: 'fields @message' },
    denied,
  ],
  // SQS and SNS
  [
    'a key of a queue',
    'sqs:SetQueueAttributes',
    (their) => ({ QueueUrl: ownQueueUrl, Attributes: { KmsMasterKeyId: their.key } }),
    taken,
  ],
  [
    'a queue for dead letters',
    'sqs:SetQueueAttributes',
    {
      QueueUrl: ownQueueUrl,
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queue, maxReceiveCount: 1 }) },
    },
    /^InvalidParameterValue: /,
  ],
  [
    'messages moved out of a queue',
    'sqs:StartMessageMoveTask',
    { SourceArn: queue, DestinationArn: own('sqs', 'planted-queue') },
    denied,
  ],
  [
    'messages moved into a queue',
    'sqs:StartMessageMoveTask',
    { SourceArn: own('sqs', 'planted-queue'), DestinationArn: queue },
    /^AccessDenied: .* perform: sqs:SendMessage /,
  ],
  [
    'a subscribed queue',
    'sns:Subscribe',
    { TopicArn: own('sns', 'planted-topic'), Protocol: 'sqs', Endpoint: queue },
    taken,
  ],
  [
    'a subscribed function',
    'sns:Subscribe',
    { TopicArn: own('sns', 'planted-topic'), Protocol: 'lambda', Endpoint: fn },
    /^InvalidParameterException: /,
  ],
  [
    'a queue of one’s own at a topic',
    'sns:Subscribe',
    { TopicArn: topic, Protocol: 'sqs', Endpoint: own('sqs', 'planted-queue') },
    denied,
  ],
  // KMS
  [
    'an alias for a key',
    'kms:CreateAlias',
    (their) => ({ AliasName: 'alias/theirs', TargetKeyId: their.key }),
    denied,
  ],
  [
    'a grant on a key',
    'kms:CreateGrant',
    (their) => ({ KeyId: their.key, GranteePrincipal: ownRole, Operations: ['Decrypt'] }),
    denied,
  ],
  ['a key', 'kms:GenerateDataKey', (their) => ({ KeyId: their.key, KeySpec: 'AES_256' }), denied],
  [
    'a key by its id',
    'kms:GenerateDataKey',
    (their) => ({ KeyId: their.bareKey, KeySpec: 'AES_256' }),
    /^NotFoundException: /,
  ],
  // GuardDuty
  [
    'a key of findings',
    'guardduty:CreatePublishingDestination',
    (their, mine) => ({
      DetectorId: mine.detector,
      DestinationType: 'S3',
      DestinationProperties: { DestinationArn: 'arn:aws:s3:::own-bucket', KmsKeyArn: their.key },
    }),
    /^BadRequestException: /,
  ],
  [
    'a detector',
    'guardduty:CreateFilter',
    (their) => ({ DetectorId: their.detector, Name: 'f-f', FindingCriteria: { Criterion: {} } }),
    /^BadRequestException: /,
  ],
  // The edge
  [
    'subnets',
    'elbv2:CreateLoadBalancer',
    (their) => ({ Name: 'b', Subnets: their.subnets }),
    /^SubnetNotFoundException: /,
  ],
  [
    'a security group',
    'elbv2:SetSecurityGroups',
    (their, mine) => ({ LoadBalancerArn: mine.balancer, SecurityGroups: [their.group] }),
    /^InvalidSecurityGroupException: /,
  ],
  [
    'a certificate',
    'elbv2:CreateListener',
    (their, mine) => ({
      LoadBalancerArn: mine.balancer,
      Protocol: 'HTTPS',
      Port: 8443,
      Certificates: [{ CertificateArn: their.certificate }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    }),
    /^CertificateNotFoundException: /,
  ],
  [
    'a target group',
    'elbv2:CreateListener',
    (their, mine) => ({
      LoadBalancerArn: mine.balancer,
      Protocol: 'HTTP',
      Port: 8124,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: their.targetGroup }],
    }),
    /^TargetGroupNotFoundException: /,
  ],
  [
    'a listener at a load balancer',
    'elbv2:CreateListener',
    (their) => ({
      LoadBalancerArn: their.balancer,
      Protocol: 'HTTP',
      Port: 8124,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    }),
    denied,
  ],
  [
    'targets of a group',
    'elbv2:RegisterTargets',
    (their) => ({ TargetGroupArn: their.targetGroup, Targets: [{ Id: '192.0.2.1' }] }),
    denied,
  ],
  [
    'a network for a target group',
    'elbv2:CreateTargetGroup',
    (their) => ({ Name: 'g', Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: their.vpc }),
    /^ValidationError: /,
  ],
  [
    'a web ACL',
    'wafv2:AssociateWebACL',
    (their, mine) => ({ WebACLArn: their.acl, ResourceArn: mine.balancer }),
    denied,
  ],
  [
    'a load balancer to guard',
    'wafv2:AssociateWebACL',
    (their, mine) => ({ WebACLArn: mine.acl, ResourceArn: their.balancer }),
    /^WAFInvalidParameterException: /,
  ],
  [
    'addresses in a rule',
    'wafv2:CreateWebACL',
    (their) => ({
      ...acl,
      Name: 'a',
      Rules: [
        {
          Name: 'r',
          Priority: 0,
          Action: { Block: {} },
          VisibilityConfig: visibility,
          Statement: { IPSetReferenceStatement: { ARN: their.addresses } },
        },
      ],
    }),
    denied,
  ],
  [
    'a rule group',
    'wafv2:CreateWebACL',
    (their) => ({
      ...acl,
      Name: 'a',
      Rules: [
        {
          Name: 'r',
          Priority: 0,
          OverrideAction: { None: {} },
          VisibilityConfig: visibility,
          Statement: { RuleGroupReferenceStatement: { ARN: their.ruleGroup } },
        },
      ],
    }),
    denied,
  ],
  [
    'a log group of a web ACL',
    'wafv2:PutLoggingConfiguration',
    (_, mine) => ({
      LoggingConfiguration: {
        ResourceArn: mine.acl,
        LogDestinationConfigs: [theirs('logs', 'log-group:aws-waf-logs-theirs')],
      },
    }),
    /^WAFInvalidParameterException: /,
  ],
  // IAM
  [
    'a policy',
    'iam:AttachRolePolicy',
    { RoleName: 'nobody', PolicyArn: `arn:aws:iam::${victim}:policy/planted-policy` },
    /^NoSuchEntityException: /,
  ],
  [
    'a policy as a boundary',
    'iam:PutRolePermissionsBoundary',
    { RoleName: 'nobody', PermissionsBoundary: `arn:aws:iam::${victim}:policy/planted-policy` },
    /^NoSuchEntityException: /,
  ],
  ['a role', 'sts:AssumeRole', { RoleArn: role, RoleSessionName: 'attack' }, denied],
  // ec2
  [
    'a group that a rule names',
    'ec2:AuthorizeSecurityGroupIngress',
    (their, mine) => ({
      GroupId: mine.group,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: their.group }] },
      ],
    }),
    /^InvalidGroup.NotFound: /,
  ],
]

function target(more: object): object {
  return { Rule: 'planted-rule', Targets: [{ Id: 'a', ...more }] }
}

const told = (answer: CallAnswer) => (answer.ok ? 'ok' : `${answer.fault.code}: ${answer.fault.message}`)

/** What an account's things are called; the stranger's are made. */
async function namesOf(cloud: Cloud, account: typeof victim): Promise<Names> {
  const ask = async (service: ServiceName, operation: string, input: object = {}) => {
    const answer = await cloud.call(admin(account), service, operation, input)
    assert.ok(answer.ok, `${operation}: ${told(answer)}`)
    return answer.output as Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> // Lists, mostly.
  }
  const first = async (
    service: ServiceName,
    operation: string,
    list: string,
    member: string,
    input: object = {},
  ) =>
    (await ask(service, operation, input))[list]?.[0]?.[member] ?? assert.fail(`${operation} lists nothing`)
  const { Subnets = [] } = await ask('ec2', 'DescribeSubnets')
  const bareKey = await first('kms', 'ListKeys', 'Keys', 'KeyId')
  const { DetectorIds = [] } = await ask('guardduty', 'ListDetectors')
  const [detector] = DetectorIds as readonly unknown[] as readonly string[] // Of this list, the items are texts.
  return {
    bareKey,
    key: `arn:aws:kms:${home}:${account}:key/${bareKey}`,
    certificate: await first('acm', 'ListCertificates', 'CertificateSummaryList', 'CertificateArn', {
      Includes: { keyTypes: ['EC_prime256v1'] },
    }),
    balancer: await first('elbv2', 'DescribeLoadBalancers', 'LoadBalancers', 'LoadBalancerArn'),
    targetGroup: await first('elbv2', 'DescribeTargetGroups', 'TargetGroups', 'TargetGroupArn'),
    subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
    vpc: Subnets[0]?.['VpcId'] ?? '',
    group: await first('ec2', 'DescribeSecurityGroups', 'SecurityGroups', 'GroupId'),
    acl: await first('wafv2', 'ListWebACLs', 'WebACLs', 'ARN', { Scope: 'REGIONAL' }),
    addresses: await first('wafv2', 'ListIPSets', 'IPSets', 'ARN', { Scope: 'REGIONAL' }),
    ruleGroup: await first('wafv2', 'ListRuleGroups', 'RuleGroups', 'ARN', { Scope: 'REGIONAL' }),
    connection: await first('events', 'ListConnections', 'Connections', 'ConnectionArn'),
    detector: detector ?? '',
  }
}

test('another account’s things are named in vain', async (t) => {
  const cloud = await cloudFor(t)
  await plant(cloud)
  await plant(cloud, stranger)
  const [their, mine] = [await namesOf(cloud, victim), await namesOf(cloud, stranger)]
  for (const [sentence, operation, given, want] of rows) {
    const [service, name] = operation.split(':') as [ServiceName, string] // As the rows' type says.
    const input = typeof given === 'function' ? given(their, mine) : given
    const { answer, changes } = await cloud.changesOf(() => cloud.call(admin(stranger), service, name, input))
    assert.match(told(answer), want, `${operation}: ${sentence}`)
    const touched = changes.filter(({ account, type }) => account === victim && type !== 'arrival')
    assert.deepEqual(touched, [], `${operation}: ${sentence}`)
  }
  assert.equal(rows.length, 63)
  assert.deepEqual(cloud.bugs(), [])
})

test('who may change another account’s function by its policy gives it no role of his own', async (t) => {
  const cloud = await cloudFor(t)
  await plant(cloud)
  const Action = 'lambda:UpdateFunctionConfiguration'
  const letting = { FunctionName: 'planted-function', StatementId: 'in', Action, Principal: stranger }
  const lets = await cloud.call(admin(victim), 'lambda', 'AddPermission', letting)
  assert.equal(told(lets), 'ok')
  const change = async (more: object) =>
    told(
      await cloud.call(admin(stranger), 'lambda', 'UpdateFunctionConfiguration', {
        FunctionName: fn,
        ...more,
      }),
    )
  assert.equal(await change({ Description: 'b' }), 'ok')
  assert.match(await change({ Role: ownRole }), /^InvalidParameterValueException: The role/)
  assert.match(await change({ Role: role }), /^AccessDenied: .* perform: iam:PassRole /)
})
