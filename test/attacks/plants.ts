import assert from 'node:assert/strict'
import type { AccountId } from '#core/arn.ts'
import type { ServiceName } from '#wire/index.ts'
import { makeCertificate } from '../certificates.ts'
import { zip } from '../functions/zip.ts'
import { admin, type Cloud, home, victim } from './cloud.ts'

/** Stands in what the victim alone may see, and in nothing by which things are named. */
export const mark = 'zq7-planted-mark'

type Answers = Readonly<Record<string, Readonly<Record<string, unknown>>>>
/** A list of an answer, of what has members that are texts. */
function listOf(
  answer: Answers[string] | undefined,
  list: string,
): readonly Readonly<Record<string, string>>[] {
  const found = answer?.[list]
  assert.ok(Array.isArray(found), list)
  return found
}

type Row = readonly [ServiceName, string, object | ((answers: Answers) => object)]

const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
const reading = policy({ Sid: 'planted', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })
const tag = { Key: 'mark', Value: mark }
const visibility = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'planted' }
const webSet = { Scope: 'REGIONAL', Description: mark }
const key = ({ CreateKey }: Answers) => (CreateKey?.['KeyMetadata'] as { KeyId: string } | undefined)?.KeyId
const subnets = ({ DescribeSubnets }: Answers) =>
  listOf(DescribeSubnets, 'Subnets')
    .slice(0, 2)
    .map(({ SubnetId }) => SubnetId)
const first = (answers: Answers, operation: string, list: string, member: string) =>
  listOf(answers[operation], list)[0]?.[member]

/** One of each thing that an account can have, by the calls that make it. */
const rowsOf = (account: AccountId): readonly Row[] => {
  const arnOf = (service: string, resource: string) => `arn:aws:${service}:${home}:${account}:${resource}`
  const role = `arn:aws:iam::${account}:role/admin`
  return [
    ['iam', 'CreateUser', { UserName: 'planted-user', Tags: [tag] }],
    ['iam', 'CreateAccessKey', { UserName: 'planted-user' }],
    ['iam', 'CreateLoginProfile', { UserName: 'planted-user', Password: 'Correct-horse-1-battery' }],
    [
      'iam',
      'PutUserPolicy',
      { UserName: 'planted-user', PolicyName: 'planted-inline', PolicyDocument: reading },
    ],
    ['iam', 'CreateGroup', { GroupName: 'planted-group' }],
    ['iam', 'AddUserToGroup', { GroupName: 'planted-group', UserName: 'planted-user' }],
    ['iam', 'CreatePolicy', { PolicyName: 'planted-policy', PolicyDocument: reading, Description: mark }],
    ['iam', 'CreateInstanceProfile', { InstanceProfileName: 'planted-profile', Tags: [tag] }],
    ['kms', 'CreateKey', { Description: mark, Tags: [{ TagKey: 'mark', TagValue: mark }] }],
    ['kms', 'CreateAlias', (answers) => ({ AliasName: 'alias/planted-alias', TargetKeyId: key(answers) })],
    [
      'kms',
      'CreateGrant',
      (answers) => ({ KeyId: key(answers), GranteePrincipal: role, Operations: ['Decrypt'] }),
    ],
    ['logs', 'CreateLogGroup', { logGroupName: 'planted-logs', tags: { mark } }],
    ['logs', 'CreateLogStream', { logGroupName: 'planted-logs', logStreamName: 'planted-stream' }],
    [
      'logs',
      'PutLogEvents',
      () => ({
        ...{ logGroupName: 'planted-logs', logStreamName: 'planted-stream' },
        logEvents: [{ timestamp: Date.now(), message: mark }],
      }),
    ],
    [
      'logs',
      'PutMetricFilter',
      {
        logGroupName: 'planted-logs',
        filterName: 'planted-filter',
        filterPattern: '',
        metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }],
      },
    ],
    ['logs', 'PutQueryDefinition', { name: 'planted-query', queryString: `fields @message # ${mark}` }],
    ['sqs', 'CreateQueue', { QueueName: 'planted-queue', tags: { mark } }],
    ['sqs', 'SendMessage', ({ CreateQueue }) => ({ QueueUrl: CreateQueue?.['QueueUrl'], MessageBody: mark })],
    ['sns', 'CreateTopic', { Name: 'planted-topic', Tags: [tag] }],
    [
      'sns',
      'Subscribe',
      { TopicArn: arnOf('sns', 'planted-topic'), Protocol: 'sqs', Endpoint: arnOf('sqs', 'planted-queue') },
    ],
    [
      'lambda',
      'CreateFunction',
      {
        FunctionName: 'planted-function',
        Role: role,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Description: mark,
        Code: { ZipFile: zip({ name: 'index.mjs', content: 'export const handler = () => 1' }) },
      },
    ],
    ['lambda', 'PublishVersion', { FunctionName: 'planted-function' }],
    [
      'lambda',
      'CreateAlias',
      { FunctionName: 'planted-function', Name: 'planted-live', FunctionVersion: '1', Description: mark },
    ],
    [
      'lambda',
      'PublishLayerVersion',
      {
        LayerName: 'planted-layer',
        Description: mark,
        Content: { ZipFile: zip({ name: 'a', content: 'a' }) },
      },
    ],
    ['lambda', 'CreateFunctionUrlConfig', { FunctionName: 'planted-function', AuthType: 'AWS_IAM' }],
    [
      'lambda',
      'CreateEventSourceMapping',
      { FunctionName: 'planted-function', EventSourceArn: arnOf('sqs', 'planted-queue') },
    ],
    ['events', 'CreateEventBus', { Name: 'planted-bus', Description: mark }],
    [
      'events',
      'PutRule',
      { Name: 'planted-rule', EventPattern: '{"source":["planted"]}', Description: mark },
    ],
    [
      'events',
      'PutTargets',
      {
        Rule: 'planted-rule',
        Targets: [
          { Id: 'planted-target', Arn: arnOf('sqs', 'planted-queue'), Input: JSON.stringify({ mark }) },
        ],
      },
    ],
    [
      'events',
      'CreateArchive',
      {
        ArchiveName: 'planted-archive',
        EventSourceArn: arnOf('events', 'event-bus/default'),
        Description: mark,
      },
    ],
    [
      'events',
      'CreateConnection',
      {
        Name: 'planted-connection',
        AuthorizationType: 'API_KEY',
        AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: mark } },
      },
    ],
    [
      'events',
      'CreateApiDestination',
      ({ CreateConnection }) => ({
        Name: 'planted-destination',
        ConnectionArn: CreateConnection?.['ConnectionArn'],
        InvocationEndpoint: 'https://example.com/hook',
        HttpMethod: 'POST',
        Description: mark,
      }),
    ],
    ['scheduler', 'CreateScheduleGroup', { Name: 'planted-schedules', Tags: [tag] }],
    [
      'scheduler',
      'CreateSchedule',
      {
        Name: 'planted-schedule',
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Description: mark,
        Target: { Arn: arnOf('sqs', 'planted-queue'), RoleArn: role, Input: '{}' },
      },
    ],
    ['cloudtrail', 'CreateTrail', { Name: 'planted-trail', S3BucketName: 'planted-bucket', TagsList: [tag] }],
    ['cloudtrail', 'CreateEventDataStore', { Name: 'planted-store', TagsList: [tag] }],
    ['guardduty', 'CreateDetector', { Enable: true, Tags: { mark } }],
    [
      'guardduty',
      'CreateFilter',
      ({ CreateDetector }) => ({
        DetectorId: CreateDetector?.['DetectorId'],
        Name: 'planted-archiving',
        Description: mark,
        FindingCriteria: { Criterion: { severity: { GreaterThan: 1 } } },
      }),
    ],
    [
      'guardduty',
      'CreateSampleFindings',
      ({ CreateDetector }) => ({
        DetectorId: CreateDetector?.['DetectorId'],
        FindingTypes: ['Recon:IAMUser/MaliciousIPCaller'],
      }),
    ],
    ['ec2', 'CreateVpc', { CidrBlock: '10.20.0.0/16' }],
    ['ec2', 'CreateSecurityGroup', { GroupName: 'planted-group', Description: mark }],
    ['ec2', 'DescribeSubnets', {}],
    [
      'elbv2',
      'CreateLoadBalancer',
      (answers) => ({ Name: 'planted-balancer', Subnets: subnets(answers), Tags: [tag] }),
    ],
    [
      'elbv2',
      'CreateTargetGroup',
      (answers) => ({
        Name: 'planted-targets',
        Protocol: 'HTTP',
        Port: 80,
        TargetType: 'ip',
        VpcId: first(answers, 'DescribeSubnets', 'Subnets', 'VpcId'),
        Tags: [tag],
      }),
    ],
    [
      'elbv2',
      'CreateListener',
      (answers) => ({
        LoadBalancerArn: first(answers, 'CreateLoadBalancer', 'LoadBalancers', 'LoadBalancerArn'),
        Protocol: 'HTTP',
        Port: 8123,
        DefaultActions: [
          { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: mark } },
        ],
      }),
    ],
    [
      'elbv2',
      'CreateRule',
      (answers) => ({
        ListenerArn: first(answers, 'CreateListener', 'Listeners', 'ListenerArn'),
        Priority: 5,
        Conditions: [{ Field: 'path-pattern', Values: ['/planted'] }],
        Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: mark } }],
      }),
    ],
    [
      'wafv2',
      'CreateIPSet',
      { ...webSet, Name: 'planted-addresses', IPAddressVersion: 'IPV4', Addresses: ['192.0.2.0/24'] },
    ],
    [
      'wafv2',
      'CreateRegexPatternSet',
      { ...webSet, Name: 'planted-patterns', RegularExpressionList: [{ RegexString: 'planted' }] },
    ],
    [
      'wafv2',
      'CreateRuleGroup',
      { ...webSet, Name: 'planted-rules', Capacity: 10, VisibilityConfig: visibility, Rules: [] },
    ],
    [
      'wafv2',
      'CreateWebACL',
      {
        ...webSet,
        Name: 'planted-acl',
        DefaultAction: { Allow: {} },
        VisibilityConfig: visibility,
        Rules: [],
      },
    ],
    ['acm', 'ImportCertificate', () => certificate()],
  ]
}

function certificate(): object {
  const nowMs = Date.now()
  const { certificate, privateKey } = makeCertificate({
    commonName: 'planted.example',
    dnsNames: ['planted.example'],
    keyType: 'p-256',
    notBeforeMs: nowMs - 1000,
    notAfterMs: nowMs + 86_400_000,
  })
  return { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey), Tags: [tag] }
}

/** Gives an account one of everything; what its calls answered, by operation. */
export async function plant({ call }: Cloud, account: AccountId = victim): Promise<void> {
  const answers: Record<string, Record<string, unknown>> = {}
  for (const [service, operation, input] of rowsOf(account)) {
    const given = typeof input === 'function' ? input(answers) : input
    const answer = await call(admin(account), service, operation, given)
    assert.ok(answer.ok, `${operation}: ${answer.ok ? '' : `${answer.fault.code} ${answer.fault.message}`}`)
    answers[operation] ??= answer.output as Record<string, unknown> // The operation's own answer.
  }
}
