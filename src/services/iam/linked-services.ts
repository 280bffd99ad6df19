/** What a service asks of an account: one role, with a policy that the service writes. */
export interface LinkedService {
  readonly roleName: string
  /** The name of the AWS-managed policy, under the path of service-linked roles. */
  readonly policyName: string
  /** Whether several roles may exist, told apart by a suffix. */
  readonly suffixAllowed: boolean
}

type Row = readonly [service: string, roleName: string, policyName: string, suffix?: 'suffix']

/**
 * The services that have service-linked roles, one row each: `service` stands before `.amazonaws.com`, the role's name behind
 * `AWSServiceRoleFor`.
 * Source: each service's guide, "Using service-linked roles"; LocalStack's table of the names that AWS answers.
 * service-linked-roles.test.ts checks that each policy exists.
 */
// prettier-ignore
const rows: readonly Row[] = [
  ['access-analyzer', 'AccessAnalyzer', 'AccessAnalyzerServiceRolePolicy'],
  ['accountdiscovery.ssm', 'AmazonSSM_AccountDiscovery', 'AWSSystemsManagerAccountDiscoveryServicePolicy'],
  ['acm', 'CertificateManager', 'CertificateManagerServiceRolePolicy'],
  ['agentless.inspector2', 'AmazonInspector2Agentless', 'AmazonInspector2AgentlessServiceRolePolicy'],
  ['apidestinations.events', 'AmazonEventBridgeApiDestinations', 'AmazonEventBridgeApiDestinationsServiceRolePolicy'],
  ['appmesh', 'AppMesh', 'AWSAppMeshServiceRolePolicy'],
  ['artifact', 'Artifact', 'AWSArtifactServiceRolePolicy'],
  ['autoscaling', 'AutoScaling', 'AutoScalingServiceRolePolicy', 'suffix'],
  ['backup', 'Backup', 'AWSBackupServiceLinkedRolePolicyForBackup'],
  ['batch', 'Batch', 'BatchServiceRolePolicy'],
  ['cks.kms', 'KeyManagementServiceCustomKeyStores', 'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy'],
  ['cloudtrail', 'CloudTrail', 'CloudTrailServiceRolePolicy'],
  ['config', 'Config', 'AWSConfigServiceRolePolicy'],
  ['connect', 'AmazonConnect', 'AmazonConnectServiceLinkedRolePolicy', 'suffix'],
  ['detective', 'Detective', 'AmazonDetectiveServiceLinkedRolePolicy'],
  ['ec2.application-autoscaling', 'ApplicationAutoScaling_EC2SpotFleetRequest', 'AWSApplicationAutoscalingEC2SpotFleetRequestPolicy'],
  ['ec2fleet', 'EC2Fleet', 'AWSEC2FleetServiceRolePolicy'],
  ['ecs', 'ECS', 'AmazonECSServiceRolePolicy'],
  ['eks', 'AmazonEKS', 'AmazonEKSServiceRolePolicy'],
  ['eks-fargate', 'AmazonEKSForFargate', 'AmazonEKSForFargateServiceRolePolicy'],
  ['eks-nodegroup', 'AmazonEKSNodegroup', 'AWSServiceRoleForAmazonEKSNodegroup'],
  ['elasticache', 'ElastiCache', 'ElastiCacheServiceRolePolicy'],
  ['elasticbeanstalk', 'ElasticBeanstalk', 'AWSElasticBeanstalkServiceRolePolicy'],
  ['elasticfilesystem', 'AmazonElasticFileSystem', 'AmazonElasticFileSystemServiceRolePolicy'],
  ['elasticloadbalancing', 'ElasticLoadBalancing', 'AWSElasticLoadBalancingServiceRolePolicy'],
  ['fms', 'FMS', 'FMSServiceRolePolicy'],
  ['guardduty', 'AmazonGuardDuty', 'AmazonGuardDutyServiceRolePolicy'],
  ['inspector2', 'AmazonInspector2', 'AmazonInspector2ServiceRolePolicy'],
  ['kafka', 'Kafka', 'KafkaServiceRolePolicy'],
  ['lakeformation', 'LakeFormationDataAccess', 'LakeFormationDataAccessServiceRolePolicy'],
  ['lexv2', 'LexV2Bots', 'AmazonLexV2BotPolicy', 'suffix'],
  ['logger.cloudfront', 'CloudFrontLogger', 'AWSCloudFrontLogger'],
  ['macie', 'AmazonMacie', 'AmazonMacieServiceRolePolicy'],
  ['malware-protection.guardduty', 'AmazonGuardDutyMalwareProtection', 'AmazonGuardDutyMalwareProtectionServiceRolePolicy'],
  ['mq', 'AmazonMQ', 'AmazonMQServiceRolePolicy'],
  ['mrk.kms', 'KeyManagementServiceMultiRegionKeys', 'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy'],
  ['opensearchservice', 'AmazonOpenSearchService', 'AmazonOpenSearchServiceRolePolicy'],
  ['ops.apigateway', 'APIGateway', 'APIGatewayServiceRolePolicy'],
  ['organizations', 'Organizations', 'AWSOrganizationsServiceTrustPolicy'],
  ['ram', 'ResourceAccessManager', 'AWSResourceAccessManagerServiceRolePolicy'],
  ['rds', 'RDS', 'AmazonRDSServiceRolePolicy'],
  ['redshift', 'Redshift', 'AmazonRedshiftServiceLinkedRolePolicy'],
  ['replication.dynamodb', 'DynamoDBReplication', 'DynamoDBReplicationServiceRolePolicy'],
  ['replicator.lambda', 'LambdaReplicator', 'AWSLambdaReplicator'],
  ['resource-explorer-2', 'ResourceExplorer', 'AWSResourceExplorerServiceRolePolicy'],
  ['rolesanywhere', 'RolesAnywhere', 'AWSRolesAnywhereServicePolicy'],
  ['securityhub', 'SecurityHub', 'AWSSecurityHubServiceRolePolicy'],
  ['securitylake', 'SecurityLake', 'SecurityLakeServiceLinkedRole'],
  ['shield', 'AWSShield', 'AWSShieldServiceRolePolicy'],
  ['spot', 'EC2Spot', 'AWSEC2SpotServiceRolePolicy'],
  ['spotfleet', 'EC2SpotFleet', 'AWSEC2SpotFleetServiceRolePolicy'],
  ['ssm', 'AmazonSSM', 'AmazonSSMServiceRolePolicy'],
  ['sso', 'SSO', 'AWSSSOServiceRolePolicy'],
  ['support', 'Support', 'AWSSupportServiceRolePolicy'],
  ['transitgateway', 'VPCTransitGateway', 'AWSVPCTransitGatewayServiceRolePolicy'],
  ['trustedadvisor', 'TrustedAdvisor', 'AWSTrustedAdvisorServiceRolePolicy'],
  ['vpcorigin.cloudfront', 'CloudFrontVPCOrigin', 'AWSCloudFrontVPCOriginServiceRolePolicy'],
  ['waf', 'WAFLogging', 'WAFLoggingServiceRolePolicy'],
  ['wafv2', 'WAFV2Logging', 'WAFV2LoggingServiceRolePolicy'],
]

/** Linked services by their principal: `guardduty.amazonaws.com`. */
export const linkedServices: ReadonlyMap<string, LinkedService> = new Map(
  rows.map(([service, role, policyName, suffix]) => [
    `${service}.amazonaws.com`,
    { roleName: `AWSServiceRoleFor${role}`, policyName, suffixAllowed: suffix !== undefined },
  ]),
)
