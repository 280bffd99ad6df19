import { eventNameOf } from '../../events.ts'
import { burstDetector, noItems } from '../burst-detector.ts'
import { undo } from '../remedies.ts'
import { instanceOf } from './sessions.ts'

/** Who am I, who else is there, what is watched, what is worth taking. Programs on instances do not ask that. */
const questions = [
  ...[
    'sts:GetCallerIdentity',
    'iam:ListUsers',
    'iam:ListRoles',
    'iam:GetAccountSummary',
    'iam:ListAccessKeys',
  ],
  ...[
    'iam:GetAccountAuthorizationDetails',
    'iam:ListGroups',
    'iam:ListPolicies',
    'iam:GetAccountPasswordPolicy',
  ],
  ...['iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:SimulatePrincipalPolicy'],
  ...['s3:ListBuckets', 'ec2:DescribeSnapshots', 'cloudtrail:DescribeTrails', 'guardduty:ListDetectors'],
  ...['rds:DescribeDBInstances', 'lambda:ListFunctions', 'secretsmanager:ListSecrets', 'kms:ListKeys'],
  ...['organizations:DescribeOrganization', 'organizations:ListAccounts', 'dynamodb:ListTables'],
]
const questionsMany = 5

/** An instance's role looks around in the account. Refused questions are questions too. Source: MITRE ATT&CK, T1580, T1526. */
export const instanceEnumeration = burstDetector({
  name: 'instance-enumeration',
  events: questions,
  type: 'Discovery:IAMUser/InstanceRoleEnumeration',
  facts: {
    severity: 5,
    title: 'The instance {instance} looks around in the account.',
    description:
      'With credentials of the instance {instance}, {count} and more different questions about the account were asked.',
    remediation: undo(
      'Look at the instance: who is on it, and what runs there?',
      'aws ec2 describe-instances --instance-ids {instance} --region {region}',
    ),
  },
  ...{ many: questionsMany, windowMs: 600_000 },
  entityOf: (record) => record.userIdentity?.arn,
  itemsOf: (record) => (instanceOf(record) === undefined ? noItems : [eventNameOf(record)]),
  saidOf: (record) => ({ about: instanceOf(record), values: { instance: instanceOf(record) ?? '' } }),
})
