/** A stage of an attack, as GuardDuty's finding types name it. */
export type Tactic =
  | 'CredentialAccess'
  | 'DefenseEvasion'
  | 'Discovery'
  | 'Exfiltration'
  | 'Impact'
  | 'InitialAccess'
  | 'Persistence'
  | 'PrivilegeEscalation'

/**
 * Which calls serve an attacker in which stage: by tactic and service. A call that stands here is looked at when it is rare for its caller;
 * one that does not never makes a finding of behaviour.
 * Source: GuardDuty User Guide, "GuardDuty IAM finding types" (the calls it names for each AnomalousBehavior); the rest by each call's meaning in
 * its service's API Reference, after MITRE ATT&CK's tactics for the cloud (IaaS matrix).
 */
export const tactics: Readonly<Record<Tactic, Readonly<Record<string, string>>>> = {
  CredentialAccess: {
    ec2: 'GetPasswordData GetConsoleScreenshot GetConsoleOutput',
    secretsmanager: 'GetSecretValue BatchGetSecretValue GetRandomPassword',
    ssm: 'GetParameter GetParameters GetParametersByPath GetParameterHistory',
    rds: 'GenerateDbAuthToken ModifyDBInstanceMasterUserPassword',
    redshift: 'GetClusterCredentials GetClusterCredentialsWithIAM',
    ecr: 'GetAuthorizationToken',
    iam: 'GenerateCredentialReport GetCredentialReport UploadSSHPublicKey ResetServiceSpecificCredential',
    lambda: 'GetFunctionConfiguration',
    'cognito-identity': 'GetCredentialsForIdentity',
  },
  DefenseEvasion: {
    cloudtrail:
      'StopLogging DeleteTrail UpdateTrail PutEventSelectors PutInsightSelectors DeleteEventDataStore StopEventDataStoreIngestion UpdateEventDataStore DeleteChannel DeregisterOrganizationDelegatedAdmin',
    guardduty:
      'DeleteDetector UpdateDetector DeleteMembers DisassociateMembers DisassociateFromAdministratorAccount DisassociateFromMasterAccount StopMonitoringMembers CreateFilter UpdateFilter CreateIPSet UpdateIPSet CreateTrustedEntitySet DeleteThreatIntelSet DeletePublishingDestination ArchiveFindings DisableOrganizationAdminAccount UpdateMemberDetectors',
    ec2: 'DeleteFlowLogs DeleteNetworkAcl DeleteNetworkAclEntry DisableEbsEncryptionByDefault ModifyInstanceMetadataDefaults',
    route53resolver: 'DeleteResolverQueryLogConfig DisassociateResolverQueryLogConfig',
    route53: 'DeleteQueryLoggingConfig',
    logs: 'DeleteLogGroup DeleteLogStream PutRetentionPolicy DeleteSubscriptionFilter DeleteMetricFilter',
    cloudwatch: 'DisableAlarmActions DeleteAlarms',
    monitoring: 'DisableAlarmActions DeleteAlarms',
    config:
      'StopConfigurationRecorder DeleteConfigurationRecorder DeleteDeliveryChannel DeleteConfigRule DeleteRetentionConfiguration',
    securityhub: 'DisableSecurityHub DeleteMembers BatchUpdateFindings UpdateStandardsControl',
    macie2: 'DisableMacie',
    accessanalyzer: 'DeleteAnalyzer',
    events: 'DisableRule DeleteRule RemoveTargets',
    s3: 'DeleteBucketLogging PutBucketLogging DeleteBucketEncryption',
    wafv2:
      'DeleteWebACL DisassociateWebACL DeleteLoggingConfiguration UpdateIPSet UpdateWebACL DeleteRuleGroup DeleteIPSet DeleteFirewallManagerRuleGroups UpdateRuleGroup',
    iam: 'DeleteAccountPasswordPolicy UpdateAccountPasswordPolicy DeactivateMFADevice DeleteVirtualMFADevice DeleteUserPermissionsBoundary DeleteRolePermissionsBoundary',
    organizations:
      'LeaveOrganization DetachPolicy DisablePolicyType DeletePolicy UpdatePolicy RemoveAccountFromOrganization DisableAWSServiceAccess DeregisterDelegatedAdministrator',
    bedrock: 'DeleteModelInvocationLoggingConfiguration DeleteGuardrail',
    kms: 'DisableKeyRotation',
    'network-firewall': 'DeleteLoggingConfiguration UpdateLoggingConfiguration DeleteFirewall',
  },
  Discovery: {
    iam: 'ListUsers ListRoles ListGroups ListPolicies ListAccessKeys ListAttachedUserPolicies ListAttachedRolePolicies ListAttachedGroupPolicies ListUserPolicies ListRolePolicies ListGroupsForUser ListInstanceProfiles ListMFADevices ListVirtualMFADevices ListSAMLProviders ListOpenIDConnectProviders ListServerCertificates ListSigningCertificates ListSSHPublicKeys ListServiceSpecificCredentials ListAccountAliases GetAccountAuthorizationDetails GetAccountSummary GetAccountPasswordPolicy GetUserPolicy GetRolePolicy GetGroupPolicy GetLoginProfile GetAccessKeyLastUsed GetServiceLastAccessedDetails GenerateServiceLastAccessedDetails SimulatePrincipalPolicy SimulateCustomPolicy GetPolicyVersion ListEntitiesForPolicy',
    sts: 'DecodeAuthorizationMessage GetAccessKeyInfo',
    ec2: 'DescribeInstances DescribeInstanceAttribute DescribeSnapshots DescribeSnapshotAttribute DescribeImages DescribeImageAttribute DescribeVolumes DescribeSecurityGroups DescribeVpcs DescribeSubnets DescribeRegions DescribeAddresses DescribeKeyPairs DescribeNetworkInterfaces DescribeNetworkAcls DescribeRouteTables DescribeFlowLogs DescribeVpcEndpoints DescribeVpcEndpointConnectionNotifications DescribeVpcPeeringConnections DescribeTransitGateways DescribeTransitGatewayMulticastDomains DescribeVpnConnections DescribeClientVpnRoutes DescribeCarrierGateways DescribeDhcpOptions DescribeIamInstanceProfileAssociations DescribeLaunchTemplateVersions DescribeAccountAttributes GetEbsEncryptionByDefault GetLaunchTemplateData DescribeSpotInstanceRequests',
    s3: 'ListBuckets GetBucketAcl GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketLogging GetBucketReplication GetBucketVersioning GetBucketEncryption GetBucketLifecycle GetBucketLifecycleConfiguration GetAccountPublicAccessBlock',
    secretsmanager: 'ListSecrets DescribeSecret GetResourcePolicy ListSecretVersionIds',
    ssm: 'DescribeParameters DescribeInstanceInformation ListCommands ListDocuments GetInventory DescribeSessions',
    kms: 'ListKeys ListAliases GetKeyPolicy ListGrants ListKeyPolicies ListRetirableGrants',
    lambda:
      'ListFunctions GetFunction GetPolicy ListLayers ListEventSourceMappings GetAccountSettings ListFunctionUrlConfigs',
    rds: 'DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBClusterSnapshots DescribeDBSnapshotAttributes DescribeDBSecurityGroups DescribeDBSubnetGroups',
    cloudtrail:
      'DescribeTrails GetTrailStatus GetEventSelectors ListTrails LookupEvents GetInsightSelectors ListEventDataStores',
    guardduty:
      'ListDetectors GetDetector ListFindings GetFindings ListMembers ListIPSets ListFilters ListThreatIntelSets ListTrustedEntitySets',
    wafv2: 'ListWebACLs GetWebACL ListIPSets GetIPSet ListRuleGroups GetLoggingConfiguration',
    organizations:
      'ListAccounts DescribeOrganization ListRoots ListPolicies DescribePolicy ListOrganizationalUnitsForParent ListAccountsForParent ListDelegatedAdministrators ListTargetsForPolicy DescribeAccount ListParents',
    dynamodb: 'ListTables DescribeTable ListBackups',
    ecs: 'ListClusters ListServices ListTasks DescribeTaskDefinition ListTaskDefinitions',
    eks: 'ListClusters DescribeCluster ListNodegroups',
    ecr: 'DescribeRepositories ListImages GetRepositoryPolicy',
    ses: 'GetAccount GetAccountSendingEnabled GetSendQuota ListIdentities ListEmailIdentities GetSendStatistics',
    servicequotas: 'ListServiceQuotas GetServiceQuota',
    support: 'DescribeCases DescribeTrustedAdvisorChecks',
    ce: 'GetCostAndUsage GetCostForecast',
    account: 'GetContactInformation GetAlternateContact ListRegions',
    sqs: 'ListQueues',
    sns: 'ListTopics ListSubscriptions',
    cloudformation: 'ListStacks GetTemplate ListExports',
    elasticloadbalancing: 'DescribeLoadBalancers DescribeListeners DescribeTargetGroups',
    route53: 'ListHostedZones ListResourceRecordSets',
    acm: 'ListCertificates',
    bedrock:
      'ListFoundationModels GetModelInvocationLoggingConfiguration GetFoundationModelAvailability ListFoundationModelAgreementOffers',
    sso: 'ListInstances ListPermissionSets ListAccountAssignments',
    identitystore: 'ListUsers ListGroups',
    backup: 'ListBackupVaults ListRecoveryPointsByBackupVault',
  },
  Exfiltration: {
    ec2: 'CreateSnapshot CreateSnapshots CopySnapshot ModifySnapshotAttribute CreateImage CopyImage ModifyImageAttribute CreateInstanceExportTask ExportImage CreateStoreImageTask CreateTrafficMirrorSession CreateTrafficMirrorTarget CreateVpcPeeringConnection',
    s3: 'PutBucketReplication PutBucketNotification PutBucketNotificationConfiguration CreateAccessPoint PutInventoryConfiguration',
    rds: 'CreateDBSnapshot CopyDBSnapshot ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute RestoreDBInstanceFromDBSnapshot RestoreDBClusterFromSnapshot StartExportTask CreateDBClusterSnapshot CopyDBClusterSnapshot RestoreDBInstanceToPointInTime',
    dynamodb: 'ExportTableToPointInTime CreateBackup RestoreTableFromBackup',
    ebs: 'ListSnapshotBlocks GetSnapshotBlock ListChangedBlocks',
    redshift: 'AuthorizeSnapshotAccess CreateClusterSnapshot',
    logs: 'CreateExportTask PutSubscriptionFilter',
    datasync: 'CreateTask StartTaskExecution CreateLocationS3',
    transfer: 'CreateServer CreateUser',
    kinesis: 'CreateStream',
    ssm: 'CreateResourceDataSync',
  },
  Impact: {
    ec2: 'TerminateInstances StopInstances DeleteSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress DeleteVolume DeleteSnapshot DeregisterImage RunInstances RequestSpotInstances RequestSpotFleet CreateFleet DeleteVpc DeleteSubnet DeleteRouteTable ReplaceRoute CreateSecurityGroup DisableImage',
    iam: 'DeleteUser DeleteRole DeleteGroup DeleteAccessKey DeleteUserPolicy DeleteRolePolicy DetachRolePolicy DetachUserPolicy UpdateUser UpdateAccessKey DeleteLoginProfile RemoveUserFromGroup',
    s3: 'DeleteBucket PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutBucketVersioning PutBucketLifecycle PutBucketLifecycleConfiguration PutLifecycleConfiguration PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock PutAccountPublicAccessBlock DeleteAccountPublicAccessBlock PutBucketEncryption PutBucketWebsite PutObjectLockConfiguration',
    kms: 'ScheduleKeyDeletion DisableKey DeleteImportedKeyMaterial DeleteAlias UpdateAlias PutKeyPolicy DeleteCustomKeyStore DisconnectCustomKeyStore UpdatePrimaryRegion ReEncrypt',
    secretsmanager:
      'DeleteSecret PutSecretValue UpdateSecret RotateSecret CancelRotateSecret StopReplicationToReplica',
    ssm: 'DeleteParameter DeleteParameters PutParameter DeleteDocument',
    rds: 'DeleteDBInstance DeleteDBCluster DeleteDBSnapshot DeleteDBClusterSnapshot ModifyDBInstance ModifyDBCluster StopDBInstance StopDBCluster',
    lambda: 'DeleteFunction DeleteEventSourceMapping PutFunctionConcurrency DeleteFunctionConcurrency',
    dynamodb: 'DeleteTable DeleteBackup UpdateContinuousBackups',
    backup: 'DeleteBackupVault DeleteRecoveryPoint DeleteBackupPlan DeleteBackupVaultLockConfiguration',
    cloudformation: 'DeleteStack',
    organizations: 'CloseAccount MoveAccount DeleteOrganization CreateAccount',
    route53: 'ChangeResourceRecordSets DeleteHostedZone',
    ecs: 'DeleteService DeleteCluster RunTask',
    eks: 'DeleteCluster DeleteNodegroup',
    elasticloadbalancing: 'DeleteLoadBalancer DeleteListener',
    ses: 'SendEmail VerifyEmailIdentity UpdateAccountSendingEnabled PutAccountDetails',
    bedrock:
      'PutFoundationModelEntitlement CreateFoundationModelAgreement InvokeModel InvokeModelWithResponseStream Converse',
    sagemaker: 'CreateNotebookInstance CreateTrainingJob',
    servicequotas: 'RequestServiceQuotaIncrease',
  },
  InitialAccess: {
    sts: 'GetFederationToken GetSessionToken AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot',
    ssm: 'StartSession ResumeSession',
    'ec2-instance-connect': 'SendSSHPublicKey SendSerialConsoleSSHPublicKey OpenTunnel',
    codeartifact: 'GetAuthorizationToken',
    signin: 'GetSigninToken SwitchRole',
    ec2: 'EnableSerialConsoleAccess',
  },
  Persistence: {
    iam: 'CreateAccessKey CreateUser CreateLoginProfile UpdateLoginProfile CreateRole UpdateAssumeRolePolicy CreateServiceLinkedRole CreateSAMLProvider UpdateSAMLProvider CreateOpenIDConnectProvider AddClientIDToOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint CreateVirtualMFADevice EnableMFADevice CreateServiceSpecificCredential UploadSigningCertificate UploadServerCertificate',
    ec2: 'ImportKeyPair CreateKeyPair ModifyInstanceAttribute CreateLaunchTemplateVersion ModifyLaunchTemplate CreateVpnConnection CreateClientVpnEndpoint',
    lambda:
      'CreateFunction UpdateFunctionCode UpdateFunctionConfiguration AddPermission AddLayerVersionPermission CreateFunctionUrlConfig UpdateFunctionUrlConfig CreateEventSourceMapping PublishLayerVersion',
    rolesanywhere: 'CreateTrustAnchor CreateProfile UpdateTrustAnchor EnableTrustAnchor',
    kms: 'CreateGrant ReplicateKey ImportKeyMaterial',
    ssm: 'CreateAssociation CreateDocument UpdateDocument ModifyDocumentPermission CreateActivation CreateMaintenanceWindow',
    secretsmanager: 'PutResourcePolicy ReplicateSecretToRegions',
    events: 'PutRule PutTargets PutPermission CreateConnection CreateApiDestination',
    scheduler: 'CreateSchedule',
    apigateway: 'CreateApiKey',
    organizations: 'InviteAccountToOrganization RegisterDelegatedAdministrator CreateOrganizationalUnit',
    ecr: 'SetRepositoryPolicy PutImage',
    sns: 'AddPermission SetTopicAttributes',
    sqs: 'AddPermission SetQueueAttributes',
    sso: 'CreateAccountAssignment CreatePermissionSet PutInlinePolicyToPermissionSet',
    identitystore: 'CreateUser CreateGroupMembership',
    rds: 'AddRoleToDBInstance AddRoleToDBCluster',
    codebuild: 'CreateProject UpdateProject',
    sagemaker:
      'CreatePresignedNotebookInstanceUrl UpdateNotebookInstanceLifecycleConfig CreateNotebookInstanceLifecycleConfig',
  },
  PrivilegeEscalation: {
    iam: 'AttachUserPolicy AttachRolePolicy AttachGroupPolicy PutUserPolicy PutRolePolicy PutGroupPolicy AddUserToGroup AddRoleToInstanceProfile CreatePolicyVersion SetDefaultPolicyVersion CreatePolicy CreateInstanceProfile PutUserPermissionsBoundary PutRolePermissionsBoundary UpdateRole',
    ec2: 'AssociateIamInstanceProfile ReplaceIamInstanceProfileAssociation',
    ssm: 'SendCommand StartAutomationExecution',
    glue: 'CreateDevEndpoint UpdateDevEndpoint',
    cloudformation: 'CreateStack UpdateStack CreateStackSet',
    datapipeline: 'CreatePipeline PutPipelineDefinition',
    organizations: 'AttachPolicy EnableAWSServiceAccess',
    ecs: 'RegisterTaskDefinition ExecuteCommand',
    lambda: 'InvokeAsync',
  },
}
