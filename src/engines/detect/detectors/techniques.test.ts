// Goal: of the techniques of attack that are simulated publicly nearly all are seen, each by its own type, and hardly any near miss is.
// Method: for each technique the row that does what the simulation does, seen by all detectors there are.
// Source: techniques by their names in the Stratus Red Team documentation, "AWS"; MITRE ATT&CK, Cloud Matrix.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { found } from '../../../../test/detect/check-rows.ts'
import { callRows } from '../../../../test/detect/rows/index.ts'
import { allDetectors } from './index.ts'

const techniques: readonly (readonly [technique: string, type: string, row?: string])[] = [
  ['credential-access.ec2-get-password-data', 'CredentialAccess:EC2/PasswordDataReadInBulk'],
  [
    'credential-access.ec2-steal-instance-credentials',
    'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
  ],
  [
    'credential-access.secretsmanager-batch-retrieve-secrets',
    'CredentialAccess:IAMUser/SecretsReadInBulk',
    'by the page',
  ],
  ['credential-access.secretsmanager-retrieve-secrets', 'CredentialAccess:IAMUser/SecretsReadInBulk'],
  ['credential-access.ssm-retrieve-securestring-parameters', 'CredentialAccess:IAMUser/ParametersReadInBulk'],
  ['defense-evasion.cloudtrail-delete', 'Stealth:IAMUser/CloudTrailLoggingDisabled', 'a trail is deleted'],
  ['defense-evasion.cloudtrail-event-selectors', 'DefenseEvasion:IAMUser/TrailEventsExcluded'],
  ['defense-evasion.cloudtrail-lifecycle-rule', 'DefenseEvasion:S3/LogRetentionShortened'],
  ['defense-evasion.cloudtrail-stop', 'Stealth:IAMUser/CloudTrailLoggingDisabled'],
  ['defense-evasion.dns-delete-logs', 'DefenseEvasion:EC2/DNSLogsDisabled'],
  ['defense-evasion.organizations-leave', 'DefenseEvasion:IAMUser/OrganizationLeft', 'it tries'],
  ['defense-evasion.vpc-remove-flow-logs', 'DefenseEvasion:EC2/FlowLogsDeleted'],
  ['discovery.ec2-enumerate-from-instance', 'Discovery:IAMUser/InstanceRoleEnumeration'],
  ['discovery.ec2-download-user-data', 'Discovery:EC2/UserDataReadInBulk'],
  ['discovery.ses-enumerate', 'Discovery:SES/SendingCapabilitiesEnumerated'],
  [
    'execution.ec2-launch-unusual-instances',
    'Impact:EC2/UnusualInstancesLaunched',
    'ten accelerated ones, refused',
  ],
  ['execution.ec2-user-data', 'Execution:EC2/UserDataChanged'],
  ['execution.sagemaker-update-lifecycle-config', 'Execution:SageMaker/LifecycleConfigurationChanged'],
  ['execution.ssm-send-command', 'Execution:EC2/CommandOnManyInstances'],
  ['execution.ssm-start-session', 'Execution:EC2/SessionsOnManyInstances'],
  ['exfiltration.ec2-security-group-open-port-22-ingress', 'Policy:EC2/AdminPortOpenedToInternet'],
  ['exfiltration.ec2-share-ami', 'Exfiltration:EC2/ImageSharedExternally'],
  ['exfiltration.ec2-share-ebs-snapshot', 'Exfiltration:EC2/SnapshotSharedExternally'],
  ['exfiltration.rds-share-snapshot', 'Exfiltration:RDS/SnapshotSharedExternally'],
  ['exfiltration.s3-backdoor-bucket-policy', 'Exfiltration:S3/BucketSharedExternally'],
  ['impact.bedrock-invoke-model', 'Impact:Bedrock/ModelAccessTaken'],
  ['impact.s3-ransomware-batch-deletion', 'Impact:S3/RansomNote'],
  ['impact.s3-ransomware-client-side-encryption', 'Impact:S3/ObjectsEncryptedByCustomerKey'],
  ['impact.s3-ransomware-individual-deletion', 'Impact:S3/ObjectVersionsDeleted'],
  ['initial-access.console-login-without-mfa', 'InitialAccess:IAMUser/ConsoleLoginWithoutMFA'],
  ['lateral-movement.ec2-instance-connect', 'UnauthorizedAccess:EC2/InstanceConnectToMany'],
  ['lateral-movement.ec2-serial-console-send-ssh-public-key', 'UnauthorizedAccess:EC2/SerialConsoleUsed'],
  [
    'persistence.iam-backdoor-role',
    'Persistence:IAMUser/RoleTrustsForeignAccount',
    'a role that stands already',
  ],
  ['persistence.iam-backdoor-user', 'Persistence:IAMUser/AccessKeyCreatedForOtherUser'],
  ['persistence.iam-create-admin-user', 'PrivilegeEscalation:IAMUser/AdministratorRightsGranted'],
  ['persistence.iam-create-backdoor-role', 'Persistence:IAMUser/RoleTrustsForeignAccount'],
  ['persistence.iam-create-user-login-profile', 'Persistence:IAMUser/LoginProfileCreatedForOtherUser'],
  ['persistence.lambda-backdoor-function', 'Persistence:Lambda/FunctionSharedExternally'],
  ['persistence.lambda-overwrite-code', 'Persistence:Lambda/FunctionCodeChangedByOther'],
  ['persistence.rolesanywhere-create-trust-anchor', 'Persistence:IAMUser/TrustAnchorCreated'],
  ['persistence.sts-federation-token', 'Persistence:IAMUser/FederationTokenTaken'],
  [
    'privilege-escalation.iam-update-user-login-profile',
    'PrivilegeEscalation:IAMUser/PasswordChangedForOtherUser',
  ],
]

test('techniques: each is seen, by a type of its own', () => {
  const fires = callRows.flatMap((rows) => rows.fires)
  for (const [technique, type, name] of techniques) {
    const row = fires.find((one) => one[0] === type && (name === undefined || one[1] === name))
    assert.ok(row, technique)
    assert.ok(
      found(allDetectors, row[2]).some((signal) => signal.type === type),
      technique,
    )
  }
  assert.equal(techniques.length, 42)
})

test('techniques: at most one near miss of ten is found, whoever looks at it', () => {
  const silent = callRows.flatMap((rows) => rows.silent)
  const wrong = silent.filter(([, , records, also = []]) =>
    found(allDetectors, records).some(({ type, weak }) => weak !== true && !also.includes(type)),
  )
  assert.ok(silent.length > 150)
  assert.ok(wrong.length <= silent.length / 10, wrong.map(([type, name]) => `${type}: ${name}`).join('\n'))
})
