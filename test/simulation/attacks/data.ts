import { object } from '../calls.ts'
import { account, region, sisterAccount, strangerAccount } from '../places.ts'
import { anomalous, type Technique, times } from '../technique.ts'

const opened = (cidrIp: string) => ({
  groupId: 'sg-0aa',
  ipPermissions: {
    items: [
      {
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        groups: {},
        ipRanges: { items: [{ cidrIp }] },
        ipv6Ranges: {},
        prefixListIds: {},
      },
    ],
  },
})
const image = (userId: string) => ({
  imageId: 'ami-0aa',
  launchPermission: { add: { items: [{ userId }] } },
  attributeType: 'launchPermission',
})
const snapshot = (userId: string) => ({
  ...{ snapshotId: 'snap-0aa', attributeType: 'CREATE_VOLUME_PERMISSION' },
  createVolumePermission: { add: { items: [{ userId }] } },
})
const databaseSnapshot = (id: string) => ({
  dBSnapshotIdentifier: 'shop-1',
  attributeName: 'restore',
  valuesToAdd: [id],
})
const bucketPolicy = (AWS: string) => ({
  ...{ bucketName: 'example-invoices', policy: '' },
  bucketPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: ['arn:aws:s3:::example-invoices', 'arn:aws:s3:::example-invoices/*'],
      },
    ],
  },
})
const note = (bucket: string) => object('PutObject', bucket, 'FILES-DELETED.txt')

/** Exfiltration, impact. */
export const dataTechniques: readonly Technique[] = [
  {
    name: 'ec2-security-group-open-port-22-ingress',
    types: ['Policy:EC2/AdminPortOpenedToInternet', anomalous('Impact')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'ec2:AuthorizeSecurityGroupIngress',
        request: opened('0.0.0.0/0'),
        response: { _return: true },
      }),
    twin: 'the runner opens it to the office',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'ec2:AuthorizeSecurityGroupIngress',
        request: opened('198.51.100.20/32'),
        response: { _return: true },
      }),
  },
  {
    name: 'ec2-share-ami',
    types: ['Exfiltration:EC2/ImageSharedExternally', anomalous('Exfiltration')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'ec2:ModifyImageAttribute',
        request: image(strangerAccount),
        response: { _return: true },
      }),
    twin: 'the runner shares it with another account of the organization',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'ec2:ModifyImageAttribute',
        request: image(sisterAccount),
        response: { _return: true },
      }),
  },
  {
    name: 'ec2-share-ebs-snapshot',
    types: ['Exfiltration:EC2/SnapshotSharedExternally', anomalous('Exfiltration')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'ec2:ModifySnapshotAttribute',
        request: snapshot(strangerAccount),
        response: { _return: true },
      }),
    twin: 'an administrator shares it with another account of the organization',
    nearMiss: ({ call, administrator }) =>
      call(administrator, {
        api: 'ec2:ModifySnapshotAttribute',
        request: snapshot(sisterAccount),
        response: { _return: true },
      }),
  },
  {
    name: 'rds-share-snapshot',
    types: ['Exfiltration:RDS/SnapshotSharedExternally', anomalous('Exfiltration')],
    attack: ({ call, thief }) =>
      call(thief, { api: 'rds:ModifyDBSnapshotAttribute', request: databaseSnapshot(strangerAccount) }),
    twin: 'the runner shares it with another account of the organization',
    nearMiss: ({ call, runner }) =>
      call(runner, { api: 'rds:ModifyDBSnapshotAttribute', request: databaseSnapshot(sisterAccount) }),
  },
  {
    name: 's3-backdoor-bucket-policy',
    types: [
      'Exfiltration:S3/BucketSharedExternally',
      'Policy:S3/BucketPublicAccessGranted',
      anomalous('Impact'),
    ],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 's3:PutBucketPolicy',
        request: bucketPolicy(`arn:aws:iam::${strangerAccount}:root`),
      }),
    twin: 'the runner lets a role of the own account read',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 's3:PutBucketPolicy',
        request: bucketPolicy(`arn:aws:iam::${account}:role/reports-role`),
      }),
  },
  {
    name: 'bedrock-invoke-model',
    types: ['Impact:Bedrock/ModelAccessTaken', anomalous('Impact')],
    attack: ({ call, thief }) => {
      call(thief, {
        api: 'bedrock:GetFoundationModelAvailability',
        request: { modelId: 'anthropic.claude-v2' },
      })
      call(thief, { api: 'bedrock:PutUseCaseForModelAccess' })
      call(thief, {
        api: 'bedrock:CreateFoundationModelAgreement',
        request: { modelId: 'anthropic.claude-v2' },
      })
      call(thief, {
        api: 'bedrock:PutFoundationModelEntitlement',
        request: { modelId: 'anthropic.claude-v2' },
      })
      times(5, () => call(thief, { api: 'bedrock:InvokeModel', request: { modelId: 'anthropic.claude-v2' } }))
    },
    twin: 'an administrator looks at which models there are',
    nearMiss: ({ call, administrator }) => call(administrator, { api: 'bedrock:ListFoundationModels' }),
  },
  {
    name: 's3-ransomware-batch-deletion',
    types: ['Impact:S3/AnomalousBehavior.Delete', 'Impact:S3/ObjectVersionsDeleted', 'Impact:S3/RansomNote'],
    attack: ({ call, thief }) => {
      call(thief, object('ListObjectVersions', 'example-invoices', ''))
      times(4, () => call(thief, object('DeleteObjects', 'example-invoices', '', { delete: '' })))
      call(thief, note('example-invoices'))
    },
    twin: 'the program that cleans up deletes a batch of old uploads',
    nearMiss: ({ call, cleanup }) => {
      call(cleanup, object('ListObjects', 'example-uploads', ''))
      call(cleanup, object('DeleteObjects', 'example-uploads', '', { delete: '' }))
    },
  },
  {
    name: 's3-ransomware-client-side-encryption',
    types: [
      'Impact:S3/AnomalousBehavior.Write',
      'Impact:S3/ObjectsEncryptedByCustomerKey',
      'Impact:S3/RansomNote',
    ],
    attack: ({ call, thief }) => {
      call(thief, object('ListObjects', 'example-invoices', ''))
      times(50, (at) => {
        call(thief, object('GetObject', 'example-invoices', `a/${at}.pdf`))
        call(
          thief,
          object('CopyObject', 'example-invoices', `a/${at}.pdf`, {
            'x-amz-copy-source': `example-invoices/a/${at}.pdf`,
            'x-amz-server-side-encryption-customer-algorithm': 'AES256',
          }),
        )
      })
      call(thief, note('example-invoices'))
    },
    twin: 'the billing program writes an invoice under the bucket’s own key',
    nearMiss: ({ call, shop }) => {
      const billing = {
        ...shop,
        identity: {
          ...shop.identity,
          arn: `arn:aws:sts::${account}:assumed-role/billing-role/billing-task`,
          sessionContext: {
            sessionIssuer: {
              type: 'Role',
              arn: `arn:aws:iam::${account}:role/billing-role`,
              userName: 'billing-role',
            },
          },
        },
      }
      times(20, (at) =>
        call(
          billing,
          object('PutObject', 'example-invoices', `a/${at}.pdf`, {
            'x-amz-server-side-encryption': 'aws:kms',
            'x-amz-server-side-encryption-aws-kms-key-id': `arn:aws:kms:${region}:${account}:key/billing`,
          }),
        ),
      )
    },
  },
  {
    name: 's3-ransomware-individual-deletion',
    types: ['Impact:S3/AnomalousBehavior.Delete', 'Impact:S3/ObjectVersionsDeleted', 'Impact:S3/RansomNote'],
    attack: ({ call, thief }) => {
      call(thief, object('ListObjectVersions', 'example-invoices', ''))
      times(150, (at) =>
        call(thief, object('DeleteObject', 'example-invoices', `a/${at}.pdf`, { versionId: `v${at}` })),
      )
      call(thief, note('example-invoices'))
    },
    twin: 'the developer deletes three files of a build',
    nearMiss: ({ call, developer }) =>
      times(3, (at) => call(developer, object('DeleteObject', 'example-artifacts', `build/${at}.zip`))),
  },
]
