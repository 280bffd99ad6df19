// Makes the shop's cloud, with nothing but the public SDK: what anybody does with an account of their own.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { packed } from '../../test/functions/packed.ts'
import type { Credentials } from '../../test/server.ts'
import { type Cloud, policy } from './cloud.ts'

/** What the attacks and their proof need to know. */
export interface Built {
  readonly account: string
  readonly keyId: string
  /** What somebody reads off the shop's instance: credentials of its role. */
  readonly stolen: Credentials
  readonly ipSet: { readonly Name: string; readonly Id: string; readonly Scope: 'REGIONAL' }
  readonly loadBalancer: { readonly arn: string; readonly hostName: string }
  readonly detectorId: string
  readonly trail: string
  /** Somebody of the team, whose key will be stolen. */
  readonly operator: Credentials
}

/** What the shop calls its key. */
export const keyAlias = 'alias/shop-cards'

/** The instance that the shop says it runs on. */
const instanceId = 'i-0d3a7c1e5b9f20468'

export async function build(cloud: Cloud, port: number): Promise<Built> {
  const { Account: account = '' } = await cloud.sts.getCallerIdentity({})
  const { KeyMetadata } = await cloud.kms.createKey({ Description: 'card numbers of the shop' })
  const keyId = KeyMetadata?.KeyId ?? ''
  await cloud.kms.createAlias({ AliasName: keyAlias, TargetKeyId: keyId })
  await shopRole(cloud, account, KeyMetadata?.Arn ?? '')
  const ipSet = await keptOut(cloud)
  const loadBalancer = await balancer(cloud, port, ipSet.arn)
  const { DetectorId: detectorId = '' } = await cloud.guardDuty.createDetector({
    Enable: true,
    FindingPublishingFrequency: 'FIFTEEN_MINUTES',
  })
  const trail = 'main'
  await cloud.cloudTrail.createTrail({ Name: trail, S3BucketName: 'shop-trail' })
  await cloud.cloudTrail.startLogging({ Name: trail })
  await responder(cloud, { account, ipSet, trail })
  return {
    ...{ account, keyId, loadBalancer, detectorId, trail },
    ipSet: ipSet.named,
    stolen: await shopSession(cloud),
    operator: await operatorOf(cloud),
  }
}

/** A role that may use the key. */
async function shopRole(cloud: Cloud, account: string, keyArn: string): Promise<void> {
  await cloud.iam.createRole({
    RoleName: 'shop',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
    }),
  })
  await cloud.iam.putRolePolicy({
    RoleName: 'shop',
    PolicyName: 'cards',
    PolicyDocument: policy({ Effect: 'Allow', Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: keyArn }),
  })
}

/** The credentials that the shop's instance gets for its role. */
export async function shopSession(cloud: Cloud): Promise<Credentials> {
  const { Account: account = '' } = await cloud.sts.getCallerIdentity({})
  const { Credentials: issued } = await cloud.sts.assumeRole({
    RoleArn: `arn:aws:iam::${account}:role/shop`,
    RoleSessionName: instanceId,
  })
  assert.ok(issued?.AccessKeyId && issued.SecretAccessKey && issued.SessionToken)
  return {
    accessKeyId: issued.AccessKeyId,
    secretAccessKey: issued.SecretAccessKey,
    sessionToken: issued.SessionToken,
  }
}

async function keptOut(cloud: Cloud) {
  const { Summary } = await cloud.wafv2.createIPSet({
    ...{ Name: 'kept-out', Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses: [] },
  })
  const named = { Name: 'kept-out', Id: Summary?.Id ?? '', Scope: 'REGIONAL' } as const
  return { named, arn: Summary?.ARN ?? '' }
}

async function balancer(cloud: Cloud, port: number, ipSetArn: string) {
  const { Subnets = [] } = await cloud.ec2.describeSubnets({})
  const { GroupId = '' } = await cloud.ec2.createSecurityGroup({
    GroupName: 'shop',
    Description: 'customers',
  })
  await cloud.ec2.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  })
  const { LoadBalancers } = await cloud.elbv2.createLoadBalancer({
    Name: 'shop',
    Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId ?? ''),
    SecurityGroups: [GroupId],
  })
  const [made] = LoadBalancers ?? []
  assert.ok(made?.LoadBalancerArn && made.DNSName && made.VpcId)
  const { LoadBalancerArn, DNSName, VpcId } = made
  const { TargetGroups } = await cloud.elbv2.createTargetGroup({
    ...{ Name: 'shop', Protocol: 'HTTP', Port: port, VpcId, TargetType: 'ip' },
    ...{ HealthCheckPath: '/health', HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2 },
  })
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  await cloud.elbv2.registerTargets({ TargetGroupArn, Targets: [{ Id: '127.0.0.1' }] })
  await cloud.elbv2.createListener({
    ...{ LoadBalancerArn, Protocol: 'HTTP', Port: 80 },
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  })
  await cloud.elbv2.modifyLoadBalancerAttributes({
    LoadBalancerArn,
    Attributes: [
      { Key: 'access_logs.s3.enabled', Value: 'true' },
      { Key: 'access_logs.s3.bucket', Value: 'shop-logs' },
    ],
  })
  await guard(cloud, LoadBalancerArn, ipSetArn)
  return { arn: LoadBalancerArn, hostName: DNSName }
}

/** Whoever is kept out, then who asks too often, then what managed rules know. */
async function guard(cloud: Cloud, ResourceArn: string, ipSetArn: string): Promise<void> {
  const seen = (MetricName: string) => ({
    VisibilityConfig: { MetricName, SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true },
  })
  const managed = (Name: string, Priority: number) => ({
    ...{ Name, Priority, ...seen(Name), OverrideAction: { None: {} } },
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
  })
  const { Summary } = await cloud.wafv2.createWebACL({
    ...{ Name: 'shop', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, ...seen('shop') },
    Rules: [
      {
        ...{ Name: 'kept-out', Priority: 0, Action: { Block: {} }, ...seen('kept-out') },
        Statement: { IPSetReferenceStatement: { ARN: ipSetArn } },
      },
      {
        ...{ Name: 'too-often', Priority: 1, Action: { Block: {} }, ...seen('too-often') },
        Statement: { RateBasedStatement: { Limit: 300, EvaluationWindowSec: 60, AggregateKeyType: 'IP' } },
      },
      managed('AWSManagedRulesCommonRuleSet', 2),
      managed('AWSManagedRulesSQLiRuleSet', 3),
    ],
  })
  const WebACLArn = Summary?.ARN ?? ''
  await cloud.wafv2.associateWebACL({ WebACLArn, ResourceArn })
  await cloud.wafv2.putLoggingConfiguration({
    LoggingConfiguration: {
      ResourceArn: WebACLArn,
      LogDestinationConfigs: ['arn:aws:s3:::aws-waf-logs-shop'],
    },
  })
}

/** The function, its role that allows just what it does, and the rule that starts it for findings. */
async function responder(
  cloud: Cloud,
  given: { account: string; ipSet: { named: Built['ipSet']; arn: string }; trail: string },
): Promise<void> {
  const { account, ipSet, trail } = given
  const { Role } = await cloud.iam.createRole({
    RoleName: 'respond',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  })
  const trailArn = `arn:aws:cloudtrail:us-east-1:${account}:trail/${trail}`
  await cloud.iam.putRolePolicy({
    RoleName: 'respond',
    PolicyName: 'respond',
    PolicyDocument: policy(
      { Effect: 'Allow', Action: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'], Resource: ipSet.arn },
      { Effect: 'Allow', Action: 'iam:UpdateAccessKey', Resource: `arn:aws:iam::${account}:user/*` },
      { Effect: 'Allow', Action: 'iam:PutRolePolicy', Resource: `arn:aws:iam::${account}:role/shop` },
      { Effect: 'Allow', Action: 'cloudtrail:DescribeTrails', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['cloudtrail:GetTrailStatus', 'cloudtrail:StartLogging'],
        Resource: trailArn,
      },
    ),
  })
  const { FunctionArn } = await cloud.lambda.createFunction({
    ...{ FunctionName: 'respond', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: Role?.Arn },
    ...{ Timeout: 20, MemorySize: 256, Code: { ZipFile: await packedFunction() } },
    Environment: { Variables: { IP_SET_NAME: ipSet.named.Name, IP_SET_ID: ipSet.named.Id } },
  })
  const { RuleArn } = await cloud.events.putRule({
    Name: 'findings',
    EventPattern: JSON.stringify({ source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'] }),
  })
  await cloud.lambda.addPermission({
    ...{ FunctionName: 'respond', StatementId: 'rule', Action: 'lambda:InvokeFunction' },
    ...{ Principal: 'events.amazonaws.com', SourceArn: RuleArn },
  })
  await cloud.events.putTargets({ Rule: 'findings', Targets: [{ Id: 'respond', Arn: FunctionArn }] })
}

/** Packs the function and the SDK as any packing tool does. */
async function packedFunction(): Promise<Buffer> {
  const archive = new ZipFile()
  archive.addFile(join(import.meta.dirname, 'respond/index.mjs'), 'index.mjs')
  for (const { name, content } of packed(
    '@aws-sdk/client-cloudtrail',
    '@aws-sdk/client-iam',
    '@aws-sdk/client-wafv2',
  ))
    archive.addBuffer(content, name)
  archive.end()
  return buffer(archive.outputStream)
}

async function operatorOf(cloud: Cloud): Promise<Credentials> {
  await cloud.iam.createUser({ UserName: 'oscar' })
  await cloud.iam.attachUserPolicy({
    UserName: 'oscar',
    PolicyArn: 'arn:aws:iam::aws:policy/AWSCloudTrail_FullAccess',
  })
  const { AccessKey } = await cloud.iam.createAccessKey({ UserName: 'oscar' })
  assert.ok(AccessKey?.AccessKeyId && AccessKey.SecretAccessKey)
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}
