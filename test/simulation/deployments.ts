import { agents, type Caller, session } from './callers.ts'
import type { Call } from './calls.ts'
import { account, addresses, region } from './places.ts'
import type { Chance } from './random.ts'
import { dayMs, days, hourMs, minuteMs, type Say, secondMs, startMs } from './staff.ts'

/** The runner of the infrastructure's code. */
export const runner: Caller = {
  identity: session('terraform-role', 'GitHubActions'),
  ...{ address: addresses.runner, agent: agents.terraform },
}

export const planned: readonly string[] = [
  ...[
    'sts:GetCallerIdentity',
    'iam:GetRole',
    'iam:ListRolePolicies',
    'iam:ListAttachedRolePolicies',
    'iam:GetRolePolicy',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
  ],
  ...[
    'ec2:DescribeVpcs',
    'ec2:DescribeSubnets',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeRouteTables',
    'ec2:DescribeInstances',
    'ec2:DescribeVolumes',
    'ec2:DescribeInstanceAttribute',
  ],
  ...[
    's3:GetBucketPolicy',
    's3:GetBucketAcl',
    's3:GetBucketVersioning',
    's3:GetBucketEncryption',
    's3:GetBucketLogging',
    's3:GetBucketLifecycle',
    's3:GetBucketPublicAccessBlock',
    's3:GetBucketReplication',
  ],
  ...[
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'kms:ListAliases',
    'lambda:GetFunction20150331v2',
    'lambda:GetPolicy20150331v2',
    'rds:DescribeDBInstances',
    'sqs:GetQueueAttributes',
  ],
  ...[
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:GetEventSelectors',
    'secretsmanager:DescribeSecret',
    'elasticloadbalancing:DescribeLoadBalancers',
    'logs:DescribeLogGroups',
  ],
]

const role = (roleName: string): Readonly<Record<string, unknown>> => ({ roleName })
const ownPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      Resource: `arn:aws:sqs:${region}:${account}:orders`,
    },
  ],
})
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})
export const applied: readonly Call[] = [
  {
    api: 'iam:PutRolePolicy',
    request: { ...role('orders-role'), policyName: 'main', policyDocument: ownPolicy },
  },
  {
    api: 'lambda:UpdateFunctionCode20150331v2',
    request: {
      functionName: 'thumbnails',
      s3Bucket: 'example-artifacts',
      s3Key: 'thumbnails.zip',
      publish: true,
      dryRun: false,
    },
    response: {
      functionName: 'thumbnails',
      functionArn: `arn:aws:lambda:${region}:${account}:function:thumbnails`,
    },
  },
  {
    api: 'lambda:UpdateFunctionConfiguration20150331v2',
    request: { functionName: 'thumbnails', memorySize: 512 },
  },
  { api: 'ecs:RegisterTaskDefinition', request: { family: 'orders' } },
  { api: 'ecs:UpdateService', request: { cluster: 'live', service: 'orders' } },
  { api: 'elasticloadbalancing:ModifyRule' },
  {
    api: 'sqs:SetQueueAttributes',
    request: {
      queueUrl: `https://sqs.${region}.amazonaws.com/${account}/orders`,
      attributes: { VisibilityTimeout: '60' },
    },
  },
]

/** What a new service needs: the runner has never made most of this. */
const rolledOut: readonly Call[] = [
  {
    api: 'iam:CreateRole',
    request: { ...role('loyalty-role'), assumeRolePolicyDocument: trust },
    response: { role: { ...role('loyalty-role'), arn: `arn:aws:iam::${account}:role/loyalty-role` } },
  },
  {
    api: 'iam:PutRolePolicy',
    request: { ...role('loyalty-role'), policyName: 'main', policyDocument: ownPolicy },
  },
  {
    api: 'iam:AttachRolePolicy',
    request: {
      ...role('loyalty-role'),
      policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    },
  },
  { api: 'iam:CreatePolicy', request: { policyName: 'loyalty', policyDocument: ownPolicy } },
  {
    api: 'kms:CreateKey',
    request: {
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      }),
    },
    response: { keyMetadata: { keyId: 'loyalty', aWSAccountId: account } },
  },
  { api: 'kms:CreateAlias', request: { aliasName: 'alias/loyalty', targetKeyId: 'loyalty' } },
  { api: 'kms:EnableKeyRotation', request: { keyId: 'loyalty' } },
  {
    api: 's3:CreateBucket',
    request: { bucketName: 'example-loyalty', CreateBucketConfiguration: { LocationConstraint: region } },
  },
  {
    api: 's3:PutBucketPublicAccessBlock',
    request: {
      bucketName: 'example-loyalty',
      publicAccessBlock: '',
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    },
  },
  {
    api: 's3:PutBucketPolicy',
    request: {
      bucketName: 'example-loyalty',
      policy: '',
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:role/loyalty-role` },
            Action: 's3:GetObject',
            Resource: 'arn:aws:s3:::example-loyalty/*',
          },
        ],
      },
    },
  },
  {
    api: 's3:PutBucketVersioning',
    request: {
      bucketName: 'example-loyalty',
      versioning: '',
      VersioningConfiguration: { Status: 'Enabled' },
    },
  },
  { api: 's3:PutBucketEncryption', request: { bucketName: 'example-loyalty', encryption: '' } },
  {
    api: 's3:PutBucketLifecycle',
    request: {
      bucketName: 'example-loyalty',
      lifecycle: '',
      LifecycleConfiguration: { Rule: { ID: 'old', Status: 'Enabled', Expiration: { Days: 400 } } },
    },
  },
  {
    api: 's3:PutBucketLogging',
    request: {
      bucketName: 'example-loyalty',
      logging: '',
      BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'example-logs', TargetPrefix: 'loyalty/' } },
    },
  },
  {
    api: 'lambda:CreateFunction20150331',
    request: {
      functionName: 'loyalty',
      role: `arn:aws:iam::${account}:role/loyalty-role`,
      runtime: 'nodejs22.x',
    },
    response: { functionName: 'loyalty' },
  },
  {
    api: 'lambda:AddPermission20150331v2',
    request: {
      functionName: 'loyalty',
      statementId: 'bucket',
      action: 'lambda:InvokeFunction',
      principal: 's3.amazonaws.com',
      sourceAccount: account,
      sourceArn: 'arn:aws:s3:::example-loyalty',
    },
  },
  {
    api: 'lambda:CreateEventSourceMapping20150331',
    request: { functionName: 'loyalty', eventSourceArn: `arn:aws:sqs:${region}:${account}:loyalty` },
  },
  { api: 'sqs:CreateQueue', request: { queueName: 'loyalty' } },
  { api: 'logs:CreateLogGroup', request: { logGroupName: '/aws/lambda/loyalty' } },
  { api: 'logs:PutRetentionPolicy', request: { logGroupName: '/aws/lambda/loyalty', retentionInDays: 90 } },
  {
    api: 'ec2:CreateSecurityGroup',
    request: { groupName: 'loyalty', vpcId: 'vpc-0aa' },
    response: { groupId: 'sg-0aaa' },
  },
  {
    api: 'ec2:AuthorizeSecurityGroupIngress',
    request: {
      groupId: 'sg-0aaa',
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            groups: {},
            ipRanges: { items: [{ cidrIp: '10.0.0.0/16' }] },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    },
    response: { _return: true },
  },
  {
    api: 'rds:CreateDBInstance',
    request: { dBInstanceIdentifier: 'loyalty', publiclyAccessible: false, storageEncrypted: true },
  },
  { api: 'secretsmanager:CreateSecret', request: { name: 'live/loyalty/db' } },
  { api: 'events:PutRule', request: { name: 'loyalty-nightly', scheduleExpression: 'rate(1 day)' } },
  { api: 'events:PutTargets', request: { rule: 'loyalty-nightly' } },
  {
    api: 'cloudtrail:PutEventSelectors',
    request: {
      trailName: 'main',
      eventSelectors: [
        {
          readWriteType: 'All',
          includeManagementEvents: true,
          dataResources: [{ type: 'AWS::S3::Object', values: ['arn:aws:s3:::example-loyalty/'] }],
          excludeManagementEventSources: [],
        },
      ],
    },
  },
]
const rolloutDay = 8

/** Plans and applies through the working days, and a new service once. */
export function deploymentsOf(chance: Chance, say: Say): void {
  for (let day = 0; day < days; day += 1) {
    if (day % 7 >= 5) continue
    const morning = startMs + day * dayMs + 8 * hourMs
    for (let run = 3 + chance.whole(4); run > 0; run -= 1) {
      const atMs = morning + chance.whole(8 * hourMs)
      // Each run is another machine of the provider's.
      const caller = {
        ...runner,
        address: `20.${chance.whole(200)}.${chance.whole(250)}.${chance.whole(250) + 1}`,
      }
      const changes = Array.from({ length: chance.whole(5) }, () => chance.pick(applied))
      const calls: readonly Call[] = [...planned.flatMap((api) => [{ api }, { api }]), ...changes]
      for (const [at, call] of calls.entries()) say(atMs + at * secondMs, caller, call)
    }
    if (day === rolloutDay)
      for (const [at, call] of rolledOut.entries()) {
        // The first try lacks a permission.
        if (call.api.startsWith('rds:'))
          say(morning + at * 2 * secondMs, runner, { ...call, error: 'AccessDenied' })
        say(
          morning + (call.api.startsWith('rds:') ? 20 * minuteMs : 0) + at * 2 * secondMs + 500,
          runner,
          call,
        )
      }
  }
}
