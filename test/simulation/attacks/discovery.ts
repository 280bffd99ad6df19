import { anomalous, type Technique, times } from '../technique.ts'

/** Discovery. */
export const discoveryTechniques: readonly Technique[] = [
  {
    name: 'ec2-enumerate-from-instance',
    types: [anomalous('Discovery')],
    attack({ call, shop }) {
      for (const api of [
        'sts:GetCallerIdentity',
        's3:ListBuckets',
        'iam:GetAccountSummary',
        'iam:ListRoles',
        'iam:ListUsers',
        'iam:GetAccountAuthorizationDetails',
        'ec2:DescribeSnapshots',
        'cloudtrail:DescribeTrails',
        'guardduty:ListDetectors',
      ])
        call(shop, { api, ...(api.startsWith('iam:') && { error: 'AccessDenied' }) })
    },
    twin: 'a new version of the program lists buckets and queues',
    nearMiss({ call, shop }) {
      for (const api of ['s3:ListBuckets', 'sqs:ListQueues', 'dynamodb:DescribeTable']) call(shop, { api })
    },
  },
  {
    name: 'ec2-download-user-data',
    types: ['Discovery:EC2/UserDataReadInBulk', anomalous('Discovery')],
    attack: ({ call, thief, chance }) =>
      times(15, () =>
        call(thief, {
          api: 'ec2:DescribeInstanceAttribute',
          request: { instanceId: `i-0${chance.hex(16)}`, attribute: 'userData' },
          error: 'Client.InvalidInstanceID.NotFound',
        }),
      ),
    twin: 'the runner compares one instance’s user data with its code',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'ec2:DescribeInstanceAttribute',
        request: { instanceId: 'i-0aa0000000000010', attribute: 'userData' },
      }),
  },
  {
    name: 'ses-enumerate',
    types: ['Discovery:SES/SendingCapabilitiesEnumerated', anomalous('Discovery')],
    attack({ call, thief }) {
      for (const api of [
        'ses:GetAccountSendingEnabled',
        'ses:GetSendQuota',
        'ses:ListIdentities',
        'ses:GetIdentityVerificationAttributes',
        'ses:GetAccount',
      ])
        call(thief, { api })
    },
    twin: 'an administrator looks at the quota of mails',
    nearMiss: ({ call, administrator }) => call(administrator, { api: 'ses:GetSendQuota' }),
  },
]
