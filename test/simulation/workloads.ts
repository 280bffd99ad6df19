import { agents, type Caller, session } from './callers.ts'
import { type Call, key, object } from './calls.ts'
import { account, addresses, region } from './places.ts'
import type { Chance } from './random.ts'
import { dayMs, days, hourMs, minuteMs, type Say, secondMs, startMs } from './staff.ts'

/** A program with a role of its own. */
export interface Application {
  readonly name: string
  readonly agent: string
  readonly calls: readonly Call[]
  /** On which instance it runs; functions and tasks have a session by another name. */
  readonly instance?: string
  readonly from?: number
}

const secret = (id: string): Call => ({ api: 'secretsmanager:GetSecretValue', request: { secretId: id } })
const parameter = (name: string): Call => ({
  api: 'ssm:GetParameters',
  request: { names: [name], withDecryption: true },
})
const queue = (name: string): Call => ({
  api: 'sqs:ReceiveMessage',
  request: { queueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}` },
})
const invoke = (functionName: string): Call => ({ api: 'lambda:Invoke', request: { functionName } })
const reads = (bucket: string): Call => object('GetObject', bucket, 'a/1.json')
const writes = (bucket: string): Call => object('PutObject', bucket, 'a/2.json')

export const applications: readonly Application[] = [
  ...[0, 1, 2, 3].map((at): Application => ({
    ...{ name: 'shop-role', agent: agents.java, instance: `i-0aa000000000000${at}0` },
    calls: [
      key('Decrypt', 'main', { purpose: 'session' }),
      key('GenerateDataKey', 'main'),
      reads('example-shop-assets'),
      secret('live/shop/db'),
      queue('orders'),
    ],
  })),
  {
    name: 'orders-role',
    agent: agents.go,
    calls: [
      queue('orders'),
      key('Decrypt', 'orders'),
      writes('example-orders'),
      reads('example-orders'),
      secret('live/orders/db'),
    ],
  },
  {
    name: 'billing-role',
    agent: agents.java,
    calls: [
      key('Decrypt', 'billing'),
      reads('example-invoices'),
      writes('example-invoices'),
      secret('live/billing/db'),
    ],
  },
  {
    name: 'thumbnails-role',
    agent: agents.node,
    calls: [reads('example-uploads'), writes('example-thumbnails'), key('Decrypt', 'uploads')],
  },
  {
    name: 'search-role',
    agent: agents.java,
    instance: 'i-0aa0000000000050',
    calls: [reads('example-search'), writes('example-search'), parameter('/live/search/url')],
  },
  {
    name: 'mail-role',
    agent: agents.node,
    calls: [queue('mail'), { api: 'ses:SendEmail' }, key('Decrypt', 'main')],
  },
  {
    name: 'reports-role',
    agent: agents.boto,
    calls: [
      object('ListObjects', 'example-orders', ''),
      reads('example-orders'),
      writes('example-reports'),
      invoke('render'),
    ],
  },
  {
    name: 'cleanup-role',
    agent: agents.boto,
    calls: [
      object('ListObjects', 'example-uploads', ''),
      object('DeleteObject', 'example-uploads', 'a/old.jpg'),
    ],
  },
  {
    name: 'gateway-role',
    agent: agents.node,
    calls: [
      key('Sign', 'tokens'),
      key('GetPublicKey', 'tokens'),
      invoke('checkout'),
      parameter('/live/gateway/limits'),
    ],
  },
  // Rolled out on the second Tuesday.
  {
    name: 'loyalty-role',
    agent: agents.go,
    from: 8,
    calls: [
      key('Decrypt', 'loyalty'),
      writes('example-loyalty'),
      reads('example-loyalty'),
      secret('live/loyalty/db'),
    ],
  },
]

/** As whom an application calls. */
export function atWork({ name, agent, instance }: Application): Caller {
  const identity = session(name, instance ?? `${name.replace('-role', '')}-task`, {
    onInstance: instance !== undefined,
  })
  return { identity, agent, address: addresses.nat }
}

const callsAnHour = 12
/** Reports are made at night, much at once. */
const nightly = { application: 'reports-role', hour: 3, calls: 160 }

export function applicationsOf(chance: Chance, say: Say): void {
  for (const application of applications) {
    const caller = atWork(application)
    for (let hour = (application.from ?? 0) * 24 + 9; hour < days * 24; hour += 1) {
      const isNight = application.name === nightly.application && hour % 24 === nightly.hour
      const many = isNight ? nightly.calls + chance.whole(60) : chance.whole(2 * callsAnHour)
      for (let left = many; left > 0; left -= 1)
        say(startMs + hour * hourMs + chance.whole(hourMs), caller, chance.pick(application.calls))
      if (chance.happens(0.02))
        say(startMs + hour * hourMs, caller, {
          ...chance.pick(application.calls),
          error: 'ThrottlingException',
        })
    }
  }
}

/** What services do by themselves: roles handed to instances, backups, scaling. */
export function servicesOf(chance: Chance, say: Say): void {
  const ofService = (domain: string): Caller => ({
    identity: { type: 'AWSService', invokedBy: domain },
    address: domain,
    agent: domain,
  })
  const linked = (role: string, domain: string): Caller => ({
    identity: { ...session(role, 'service', { path: `aws-service-role/${domain}/` }), invokedBy: domain },
    ...{ address: domain, agent: domain },
  })
  const backup = linked('AWSServiceRoleForBackup', 'backup.amazonaws.com')
  const scaling = linked('AWSServiceRoleForAutoScaling', 'autoscaling.amazonaws.com')
  for (let day = 0; day < days; day += 1) {
    const midnight = startMs + day * dayMs
    for (const { name } of applications)
      for (let hour = 0; hour < 24; hour += 6)
        say(midnight + hour * hourMs, ofService('ec2.amazonaws.com'), {
          api: 'sts:AssumeRole',
          request: { roleArn: `arn:aws:iam::${account}:role/${name}`, roleSessionName: 'i-0aa0000000000000' },
        })
    for (let volume = 0; volume < 6; volume += 1)
      say(midnight + hourMs + volume * minuteMs, backup, {
        api: 'ec2:CreateSnapshot',
        request: { volumeId: `vol-0000000000000000${volume}` },
        response: { snapshotId: `snap-0${chance.hex(16)}` },
      })
    if (day > 6)
      say(midnight + 2 * hourMs, backup, {
        api: 'ec2:DeleteSnapshot',
        request: { snapshotId: `snap-0${chance.hex(16)}` },
      })
    say(midnight + 8 * hourMs, scaling, { api: 'ec2:RunInstances', request: { instanceType: 'm6i.large' } })
    say(midnight + 20 * hourMs, scaling, {
      api: 'ec2:TerminateInstances',
      request: { instancesSet: { items: [{ instanceId: `i-0${chance.hex(16)}` }] } },
    })
  }
}

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
