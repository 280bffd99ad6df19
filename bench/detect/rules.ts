/** Rules in the Sigma language for the peer: each tells of calls by their names, as public collections of rules for CloudTrail do. Ours. */
const told: readonly (readonly [title: string, source: string, names: readonly string[]])[] = [
  ['A trail is stopped', 'cloudtrail', ['StopLogging', 'DeleteTrail', 'UpdateTrail']],
  ['What a trail selects changes', 'cloudtrail', ['PutEventSelectors', 'PutInsightSelectors']],
  ['A store of events is deleted', 'cloudtrail', ['DeleteEventDataStore', 'StopEventDataStoreIngestion']],
  ['A user is made', 'iam', ['CreateUser']],
  ['A user may log in', 'iam', ['CreateLoginProfile', 'UpdateLoginProfile']],
  ['A key is made', 'iam', ['CreateAccessKey']],
  ['A policy is attached to a user', 'iam', ['AttachUserPolicy', 'PutUserPolicy']],
  ['A policy is attached to a role', 'iam', ['AttachRolePolicy', 'PutRolePolicy']],
  ['A policy is attached to a group', 'iam', ['AttachGroupPolicy', 'PutGroupPolicy', 'AddUserToGroup']],
  ['A policy gets a new version', 'iam', ['CreatePolicyVersion', 'SetDefaultPolicyVersion']],
  ['A trust policy changes', 'iam', ['UpdateAssumeRolePolicy']],
  ['A boundary is taken away', 'iam', ['DeleteUserPermissionsBoundary', 'DeleteRolePermissionsBoundary']],
  ['A second factor is taken away', 'iam', ['DeactivateMFADevice', 'DeleteVirtualMFADevice']],
  ['The password policy changes', 'iam', ['UpdateAccountPasswordPolicy', 'DeleteAccountPasswordPolicy']],
  ['A provider of identities is made', 'iam', ['CreateSAMLProvider', 'CreateOpenIDConnectProvider']],
  ['A profile of an instance changes', 'iam', ['AddRoleToInstanceProfile', 'CreateInstanceProfile']],
  ['A bucket policy changes', 's3', ['PutBucketPolicy', 'DeleteBucketPolicy']],
  ['A bucket list changes', 's3', ['PutBucketAcl', 'PutObjectAcl']],
  [
    'A bucket’s block of the public goes',
    's3',
    ['DeleteBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'],
  ],
  ['A bucket’s log goes', 's3', ['PutBucketLogging']],
  ['A bucket’s versions go', 's3', ['PutBucketVersioning', 'PutBucketLifecycle']],
  ['A bucket is copied away', 's3', ['PutBucketReplication']],
  ['A bucket’s encryption goes', 's3', ['DeleteBucketEncryption']],
  ['A bucket is deleted', 's3', ['DeleteBucket']],
  ['A key is to be deleted', 'kms', ['ScheduleKeyDeletion', 'DisableKey']],
  ['A key policy changes', 'kms', ['PutKeyPolicy', 'CreateGrant']],
  ['Key material is imported', 'kms', ['ImportKeyMaterial', 'DeleteImportedKeyMaterial']],
  ['A security group opens', 'ec2', ['AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress']],
  ['A security group goes', 'ec2', ['DeleteSecurityGroup', 'RevokeSecurityGroupIngress']],
  ['Flow logs go', 'ec2', ['DeleteFlowLogs']],
  ['A snapshot is shared', 'ec2', ['ModifySnapshotAttribute']],
  ['An image is shared', 'ec2', ['ModifyImageAttribute']],
  ['The script of an instance changes', 'ec2', ['ModifyInstanceAttribute']],
  ['A password of an instance is read', 'ec2', ['GetPasswordData']],
  ['A key pair is made', 'ec2', ['CreateKeyPair', 'ImportKeyPair']],
  [
    'An access list changes',
    'ec2',
    ['CreateNetworkAclEntry', 'ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry'],
  ],
  ['A gateway is attached', 'ec2', ['AttachInternetGateway', 'CreateRoute', 'ReplaceRoute']],
  ['Traffic is mirrored', 'ec2', ['CreateTrafficMirrorSession', 'CreateTrafficMirrorTarget']],
  ['A volume’s encryption is switched off', 'ec2', ['DisableEbsEncryptionByDefault']],
  ['An export of an instance', 'ec2', ['CreateInstanceExportTask']],
  ['Instances are run', 'ec2', ['RunInstances']],
  [
    'A profile of an instance is replaced',
    'ec2',
    ['AssociateIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation'],
  ],
  [
    'Code of a function changes',
    'lambda',
    ['UpdateFunctionCode20150331v2', 'UpdateFunctionConfiguration20150331v2'],
  ],
  ['A function is opened', 'lambda', ['AddPermission20150331v2', 'CreateFunctionUrlConfig']],
  ['A layer is published', 'lambda', ['PublishLayerVersion20181031']],
  ['A secret is read', 'secretsmanager', ['GetSecretValue', 'BatchGetSecretValue']],
  ['A secret is deleted', 'secretsmanager', ['DeleteSecret', 'PutResourcePolicy']],
  ['Detection goes', 'guardduty', ['DeleteDetector', 'UpdateDetector', 'DisassociateMembers']],
  ['Findings are suppressed', 'guardduty', ['CreateFilter', 'CreateIPSet', 'UpdateIPSet']],
  ['The configuration’s record goes', 'config', ['StopConfigurationRecorder', 'DeleteDeliveryChannel']],
  ['The hub of security goes', 'securityhub', ['DisableSecurityHub', 'BatchUpdateFindings']],
  ['An account leaves', 'organizations', ['LeaveOrganization', 'DetachPolicy', 'DeletePolicy']],
  ['A web ACL goes', 'wafv2', ['DeleteWebACL', 'DisassociateWebACL', 'UpdateWebACL']],
  ['A federated session', 'sts', ['GetFederationToken', 'GetSessionToken']],
  [
    'A snapshot of a database is shared',
    'rds',
    ['ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute'],
  ],
  ['A database is opened', 'rds', ['ModifyDBInstance', 'RestoreDBInstanceFromDBSnapshot']],
  ['A domain is moved', 'route53domains', ['TransferDomain', 'DisableDomainTransferLock']],
]

export const rules: readonly string[] = told.map(
  ([title, source, names], at) => `title: ${title}
id: 00000000-0000-4000-8000-${String(at).padStart(12, '0')}
logsource:
  product: aws
  service: cloudtrail
detection:
  selection:
    eventSource: ${source}.amazonaws.com
    eventName:
${names.map((name) => `      - ${name}`).join('\n')}
  refused:
    errorCode|exists: true
  condition: selection and not refused
level: medium
`,
)

/** How many rules tell of each text: what the peer must say too. */
export function tellings(texts: readonly string[]): number {
  let count = 0
  for (const text of texts) {
    const record = JSON.parse(text) as Readonly<Record<string, unknown>> // The workload wrote it.
    if (record['errorCode'] !== undefined) continue
    for (const [, source, names] of told)
      if (record['eventSource'] === `${source}.amazonaws.com` && names.includes(String(record['eventName'])))
        count += 1
  }
  return count
}
