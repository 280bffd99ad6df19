import type { Call } from './calls.ts'
import { account, region } from './places.ts'
import type { Chance } from './random.ts'

/** Makes a call of a person's or program's everyday work. */
export type Make = (chance: Chance) => Call

const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`
const plain = (...apis: readonly string[]): readonly Make[] => apis.map((api) => () => ({ api }))
const services = ['orders', 'billing', 'thumbnails', 'search', 'mail', 'reports'] as const

/** What developers do all day. */
export const developing: readonly Make[] = [
  ...plain(
    'sts:GetCallerIdentity',
    'logs:DescribeLogGroups',
    'cloudformation:DescribeStacks',
    'sqs:ListQueues',
  ),
  ...plain(
    'lambda:ListFunctions20150331',
    'ec2:DescribeInstances',
    'ecs:ListClusters',
    's3:ListBuckets',
    'rds:DescribeDBInstances',
  ),
  ...plain(
    'cloudwatch:DescribeAlarms',
    'dynamodb:ListTables',
    'ecr:GetAuthorizationToken',
    'ec2:DescribeSecurityGroups',
  ),
  (chance) => ({
    api: 'logs:FilterLogEvents',
    request: { logGroupName: `/aws/lambda/${chance.pick(services)}` },
  }),
  (chance) => ({
    api: 'logs:StartQuery',
    request: { logGroupNames: [`/aws/lambda/${chance.pick(services)}`] },
  }),
  (chance) => ({ api: 'lambda:GetFunction20150331v2', request: { functionName: chance.pick(services) } }),
  (chance) => ({
    api: 'ssm:GetParameter',
    request: { name: `/dev/${chance.pick(services)}/url`, withDecryption: false },
  }),
  (chance) => ({
    api: 'secretsmanager:GetSecretValue',
    request: { secretId: `dev/${chance.pick(services)}` },
  }),
  (chance) => ({
    api: 'ecs:DescribeServices',
    request: { cluster: 'dev', services: [chance.pick(services)] },
  }),
  (chance) => ({
    api: 'sqs:GetQueueAttributes',
    request: { queueUrl: `https://sqs.${region}.amazonaws.com/${account}/${chance.pick(services)}` },
  }),
]

/** What developers do now and then. */
export const developingRarely: readonly Make[] = [
  ...plain(
    'iam:ListAccessKeys',
    'iam:GetUser',
    'iam:ListMFADevices',
    'kms:ListAliases',
    'secretsmanager:ListSecrets',
  ),
  ...plain(
    'ec2:DescribeVpcs',
    'ec2:DescribeSubnets',
    'iam:ListRoles',
    'cloudtrail:LookupEvents',
    'elasticloadbalancing:DescribeLoadBalancers',
  ),
  (chance) => ({ api: 'iam:GetRole', request: { roleName: `${chance.pick(services)}-role` } }),
  (chance) => ({
    api: 'ssm:StartSession',
    request: { target: `i-0aa00000000000${chance.whole(8)}` },
    response: { sessionId: `dev-${chance.hex(17)}` },
  }),
  (chance) => ({
    api: 'lambda:UpdateFunctionCode20150331v2',
    request: {
      functionName: `dev-${chance.pick(services)}`,
      dryRun: false,
      publish: false,
      s3Bucket: 'example-artifacts',
      s3Key: `${chance.hex(8)}.zip`,
    },
    response: { functionArn: arn('lambda', 'function:dev-orders') },
  }),
  (chance) => ({
    api: 'ssm:PutParameter',
    request: { name: `/dev/${chance.pick(services)}/url`, overwrite: true, type: 'String' },
  }),
  (chance) => ({
    api: 'sts:AssumeRole',
    request: {
      roleArn: `arn:aws:iam::${account}:role/${chance.pick(services)}-debug`,
      roleSessionName: 'debug',
    },
  }),
]

/** What comes with looking at things in the console. */
export const console: readonly Make[] = plain(
  ...[
    'cloudwatch:DescribeAlarms',
    'ec2:DescribeInstances',
    'ec2:DescribeVolumes',
    'ec2:DescribeImages',
    'ec2:DescribeRegions',
  ],
  ...[
    'ec2:DescribeAddresses',
    'ec2:DescribeNetworkInterfaces',
    'health:DescribeEventAggregates',
    's3:ListBuckets',
    's3:GetBucketPublicAccessBlock',
  ],
  ...[
    's3:GetBucketPolicyStatus',
    's3:GetBucketAcl',
    's3:GetBucketVersioning',
    'kms:ListKeys',
    'kms:ListAliases',
    'rds:DescribeDBSnapshots',
  ],
  ...[
    'lambda:GetAccountSettings20160819',
    'lambda:ListFunctions20150331',
    'dynamodb:ListTables',
    'notifications:ListNotificationEvents',
  ],
)

/** What administrators do, by the console and the CLI: on the account's own things, for its own people. */
export const administering: readonly Make[] = [
  ...plain(
    'iam:ListUsers',
    'iam:ListRoles',
    'iam:ListPolicies',
    'iam:ListGroups',
    'iam:GetAccountSummary',
    'organizations:ListAccounts',
  ),
  ...plain(
    'cloudtrail:DescribeTrails',
    'guardduty:ListFindings',
    'guardduty:ListDetectors',
    'ce:GetCostAndUsage',
    'kms:ListKeys',
  ),
  ...plain(
    'cloudtrail:LookupEvents',
    'config:DescribeConfigRules',
    'ec2:DescribeVpcs',
    'ec2:DescribeRouteTables',
    'organizations:DescribeOrganization',
  ),
  (chance) => ({
    api: 'iam:ListAttachedRolePolicies',
    request: { roleName: `${chance.pick(services)}-role` },
  }),
  (chance) => ({
    api: 'iam:GetRolePolicy',
    request: { roleName: `${chance.pick(services)}-role`, policyName: 'main' },
  }),
]

const ownCidr = '10.20.0.0/16'
export const administeringRarely: readonly Make[] = [
  ...plain('iam:ListGroupsForUser', 'iam:GetPolicyVersion', 'ec2:DescribeSnapshots', 'kms:GetKeyPolicy'),
  (chance) => ({
    api: 'iam:AddUserToGroup',
    request: { groupName: 'developers', userName: `dev${chance.whole(30)}` },
  }),
  (chance) => ({
    api: 'iam:RemoveUserFromGroup',
    request: { groupName: 'developers', userName: `dev${chance.whole(30)}` },
  }),
  (chance) => ({
    api: 'iam:UpdateLoginProfile',
    request: { userName: `dev${chance.whole(30)}`, passwordResetRequired: true },
  }),
  (chance) => ({
    api: 'ec2:AuthorizeSecurityGroupIngress',
    request: {
      groupId: `sg-0${chance.hex(16)}`,
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            groups: {},
            ipRanges: { items: [{ cidrIp: ownCidr }] },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    },
    response: { _return: true },
  }),
  (chance) => ({
    api: 'kms:CreateGrant',
    request: {
      keyId: arn('kms', 'key/main'),
      granteePrincipal: `arn:aws:iam::${account}:role/${chance.pick(services)}-role`,
      operations: ['Decrypt'],
    },
  }),
  () => ({
    api: 'guardduty:ArchiveFindings',
    request: { detectorId: '12abc34d567e8fa901bc2d34e56789f0', findingIds: ['1'] },
  }),
  (chance) => ({
    api: 'ec2:StopInstances',
    request: { instancesSet: { items: [{ instanceId: `i-0bb0000000000000${chance.whole(8)}` }] } },
  }),
  (chance) => ({
    api: 'ec2:CreateSnapshot',
    request: { volumeId: `vol-0${chance.hex(16)}`, description: 'before the update' },
    response: { snapshotId: `snap-0${chance.hex(16)}` },
  }),
]

/** What support and analysts look at. */
export const supporting: readonly Make[] = [
  ...plain(
    'ec2:DescribeInstances',
    'cloudwatch:GetMetricData',
    'cloudwatch:DescribeAlarms',
    'rds:DescribeDBInstances',
    's3:ListBuckets',
  ),
  ...plain(
    'logs:DescribeLogGroups',
    'ce:GetCostAndUsage',
    'support:DescribeCases',
    'athena:StartQueryExecution',
    'athena:GetQueryResults',
    'glue:GetTables',
  ),
]

/** All that a security auditor's tool asks, once a week. */
export const auditing: readonly Make[] = plain(
  ...[
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
    'iam:GetAccountAuthorizationDetails',
    'iam:GetAccountPasswordPolicy',
    'iam:GetAccountSummary',
  ],
  ...[
    'iam:ListUsers',
    'iam:ListRoles',
    'iam:ListPolicies',
    'iam:ListAccessKeys',
    'iam:ListMFADevices',
    'iam:ListVirtualMFADevices',
    'iam:ListServerCertificates',
  ],
  ...[
    'iam:ListSAMLProviders',
    'iam:ListAttachedUserPolicies',
    'iam:ListUserPolicies',
    'iam:GetLoginProfile',
    'iam:ListEntitiesForPolicy',
    'iam:GetPolicyVersion',
  ],
  ...[
    'ec2:DescribeSnapshots',
    'ec2:DescribeSnapshotAttribute',
    'ec2:DescribeImages',
    'ec2:DescribeFlowLogs',
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeInstanceAttribute',
  ],
  ...[
    'ec2:DescribeSecurityGroups',
    'ec2:GetEbsEncryptionByDefault',
    's3:ListBuckets',
    's3:GetBucketPolicy',
    's3:GetBucketAcl',
    's3:GetBucketLogging',
    's3:GetBucketEncryption',
  ],
  ...[
    's3:GetBucketPublicAccessBlock',
    's3:GetAccountPublicAccessBlock',
    'kms:ListKeys',
    'kms:GetKeyPolicy',
    'kms:ListGrants',
    'lambda:ListFunctions20150331',
    'lambda:GetPolicy20150331v2',
  ],
  ...[
    'rds:DescribeDBSnapshots',
    'rds:DescribeDBSnapshotAttributes',
    'rds:DescribeDBInstances',
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:GetEventSelectors',
  ],
  ...[
    'guardduty:ListDetectors',
    'guardduty:GetDetector',
    'secretsmanager:ListSecrets',
    'secretsmanager:GetResourcePolicy',
    'ssm:DescribeParameters',
    'ssm:DescribeInstanceInformation',
  ],
  ...[
    'organizations:ListAccounts',
    'organizations:DescribeOrganization',
    'wafv2:ListWebACLs',
    'sqs:ListQueues',
    'sns:ListTopics',
    'ecr:DescribeRepositories',
    'ses:ListIdentities',
  ],
)
