// Rows are data: long, since every finding type of this family has what fires it and a near miss.
import {
  account,
  answered,
  byService,
  call,
  dataEvent,
  foreign,
  fromConsole,
  many,
  onBehalf,
  policy,
  refused,
  sister,
  spread,
} from '../calls.ts'
import type { Rows } from '../check-rows.ts'

const bucketName = 'shop'
const block = (on: boolean) => ({
  PublicAccessBlockConfiguration: {
    ...{ BlockPublicAcls: on, IgnorePublicAcls: on, BlockPublicPolicy: on, RestrictPublicBuckets: on },
    xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
  },
})
const allow = (Principal: unknown, Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*', Condition },
  ],
})
const bucketPolicy = (Principal: unknown, Condition?: object, more = {}) =>
  call('s3:PutBucketPolicy', { bucketName, policy: '', bucketPolicy: allow(Principal, Condition) }, more)
const acl = (group: string, more = {}) =>
  call('s3:PutBucketAcl', {
    ...{ bucketName, acl: '', ...more },
    AccessControlPolicy: {
      AccessControlList: {
        Grant: [
          { Grantee: { 'xsi:type': 'CanonicalUser', ID: 'abc' }, Permission: 'FULL_CONTROL' },
          {
            Grantee: { 'xsi:type': 'Group', URI: `http://acs.amazonaws.com/groups/${group}` },
            Permission: 'READ',
          },
        ],
      },
    },
  })
const replication = (Account?: string) =>
  call('s3:PutBucketReplication', {
    ...{ bucketName, replication: '' },
    ReplicationConfiguration: {
      Role: 'r',
      Rule: { Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::eve', Account } },
    },
  })
const encryption = (KMSMasterKeyID: string, more = {}) =>
  call(
    's3:PutBucketEncryption',
    {
      ...{ bucketName, encryption: '' },
      ServerSideEncryptionConfiguration: {
        Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } },
      },
    },
    more,
  )
const remove = (at: number, versionId?: string, more = {}) =>
  call('s3:DeleteObject', { bucketName, key: `o/${at}`, versionId }, { ...dataEvent, ...more })
const encrypt = (at: number, source = `shop/o/${at}`, more = {}) =>
  call(
    's3:CopyObject',
    {
      bucketName,
      key: `o/${at}`,
      'x-amz-copy-source': source,
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    },
    { ...dataEvent, ...more },
  )
const put = (key: string) => call('s3:PutObject', { bucketName, key }, dataEvent)
const key = (at: number) => ({ keyId: `arn:aws:kms:eu-central-1:${account}:key/k${at}` })
const keyPolicy = (Principal: unknown, Condition?: object) =>
  call('kms:PutKeyPolicy', {
    keyId: 'k1',
    policyName: 'default',
    policy: policy({ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*', Condition }),
  })
const grant = (granteePrincipal: string, more = {}) =>
  call(
    'kms:CreateGrant',
    { keyId: 'k1', granteePrincipal, operations: ['Decrypt'] },
    { ...answered({ grantId: 'g1' }), ...more },
  )
const open = (Principal: unknown, Condition?: object) => JSON.stringify(allow(Principal, Condition))
const secret = (at: number, more = {}) =>
  call('secretsmanager:GetSecretValue', { secretId: `secret-${at}` }, more)
const parameters = (at: number, withDecryption = true) =>
  call('ssm:GetParameters', { names: Array.from({ length: 10 }, (_, n) => `/p/${at}/${n}`), withDecryption })
const snapshot = (...items: readonly object[]) =>
  call('ec2:ModifySnapshotAttribute', {
    snapshotId: 'snap-1',
    createVolumePermission: { add: { items } },
    attributeType: 'CREATE_VOLUME_PERMISSION',
  })
const image = (...items: readonly object[]) =>
  call('ec2:ModifyImageAttribute', {
    imageId: 'ami-1',
    launchPermission: { add: { items } },
    attributeType: 'launchPermission',
  })
const database = (...valuesToAdd: readonly string[]) =>
  call('rds:ModifyDBSnapshotAttribute', {
    attributeName: 'restore',
    dBSnapshotIdentifier: 'db-1',
    valuesToAdd,
  })

const anonymous = 'Policy:S3/BucketAnonymousAccessGranted'
const authenticated = 'Policy:S3/BucketPublicAccessGranted'
const shared = 'Exfiltration:S3/BucketSharedExternally'
const accountBlock = 'Policy:S3/AccountBlockPublicAccessDisabled'
const bucketBlock = 'Policy:S3/BucketBlockPublicAccessDisabled'
const replicated = 'Exfiltration:S3/ReplicationToForeignAccount'
const foreignKey = 'Impact:S3/BucketEncryptedByForeignKey'
const versions = 'Impact:S3/ObjectVersionsDeleted'
const encrypted = 'Impact:S3/ObjectsEncryptedByCustomerKey'
const note = 'Impact:S3/RansomNote'
const emptied = 'Impact:S3/BucketEmptied'
const listVersions = (more = {}) =>
  call('s3:ListObjectVersions', { bucketName, versions: '' }, { ...dataEvent, ...more })
const removeMany = (more = {}) =>
  call('s3:DeleteObjects', { bucketName, delete: '' }, { ...dataEvent, ...more })
const deletion = 'Impact:KMS/KeyDeletionScheduled'
const unusable = 'Impact:KMS/KeysMadeUnusable'
const granted = 'Exfiltration:KMS/GrantToForeignAccount'
const secrets = 'CredentialAccess:IAMUser/SecretsReadInBulk'
const decrypted = 'CredentialAccess:IAMUser/ParametersReadInBulk'
const sharedSnapshot = 'Exfiltration:EC2/SnapshotSharedExternally'
const sharedImage = 'Exfiltration:EC2/ImageSharedExternally'
const sharedDatabase = 'Exfiltration:RDS/SnapshotSharedExternally'

/** Data are shared with strangers, taken or destroyed. */
export const dataRows: Rows = {
  fires: [
    [
      'Exfiltration:SQS/QueueSharedExternally',
      'an account is added',
      [
        call('sqs:AddPermission', {
          queueUrl: 'https://q',
          label: 'l',
          aWSAccountIds: [foreign],
          actions: ['*'],
        }),
      ],
    ],
    [
      'Exfiltration:SNS/TopicSharedExternally',
      'an account is added',
      [
        call('sns:AddPermission', {
          topicArn: 't',
          label: 'l',
          aWSAccountId: [foreign],
          actionName: ['Subscribe'],
        }),
      ],
    ],

    [
      'Impact:S3/BucketVersioningSuspended',
      'suspended',
      [
        call('s3:PutBucketVersioning', {
          bucketName,
          versioning: '',
          VersioningConfiguration: { Status: 'Suspended' },
        }),
      ],
    ],

    [anonymous, 'a policy for everyone', [bucketPolicy('*')]],
    [anonymous, 'by a list', [acl('global/AllUsers')]],
    [
      anonymous,
      'by the name of a list',
      [call('s3:PutBucketAcl', { bucketName, 'x-amz-acl': ['public-read'] })],
    ],
    [
      anonymous,
      'the blocks are taken away first',
      [
        call('s3:PutBucketPublicAccessBlock', { bucketName, ...block(true) }),
        call('s3:DeleteBucketPublicAccessBlock', { bucketName }),
        bucketPolicy('*'),
      ],
      [bucketBlock],
    ],
    [authenticated, 'by a list', [acl('global/AuthenticatedUsers')]],
    [shared, 'a foreign account', [bucketPolicy({ AWS: `arn:aws:iam::${foreign}:root` })]],
    [
      accountBlock,
      'all of it',
      [call('s3:PutAccountPublicAccessBlock', { accountId: account, ...block(false) })],
    ],
    [bucketBlock, 'deleted', [call('s3:DeleteBucketPublicAccessBlock', { bucketName })]],
    [
      bucketBlock,
      'in part',
      [
        call('s3:PutBucketPublicAccessBlock', {
          bucketName,
          PublicAccessBlockConfiguration: {
            ...block(true).PublicAccessBlockConfiguration,
            BlockPublicPolicy: false,
          },
        }),
      ],
    ],
    [replicated, 'to a foreign account', [replication(foreign)]],
    [foreignKey, 'of a foreign account', [encryption(`arn:aws:kms:eu-central-1:${foreign}:key/k`)]],
    [versions, 'one after another', many(25, (at) => remove(at, `v${at}`))],
    [encrypted, 'in place', many(12, (at) => encrypt(at))],
    [
      note,
      'after a bulk of deletions',
      [call('s3:DeleteObjects', { bucketName, delete: '' }, dataEvent), put('FILES-DELETED.txt')],
    ],
    [emptied, 'all versions are listed and deleted', [listVersions(), removeMany()]],
    [deletion, 'one key', [call('kms:ScheduleKeyDeletion', { ...key(1), pendingWindowInDays: 7 })]],
    [unusable, 'three keys', many(3, (at) => call('kms:DisableKey', key(at)))],
    ['Policy:KMS/KeyPublicAccessGranted', 'a star', [keyPolicy({ AWS: '*' })]],
    [
      'Exfiltration:KMS/KeySharedExternally',
      'a foreign account',
      [keyPolicy({ AWS: [`arn:aws:iam::${account}:root`, foreign] })],
    ],
    [granted, 'a foreign role', [grant(`arn:aws:iam::${foreign}:role/eve`)]],
    [
      'Policy:SecretsManager/SecretPublicAccessGranted',
      'a star',
      [call('secretsmanager:PutResourcePolicy', { secretId: 's', resourcePolicy: open('*') })],
    ],
    [
      'Exfiltration:SecretsManager/SecretSharedExternally',
      'a foreign account',
      [call('secretsmanager:PutResourcePolicy', { secretId: 's', resourcePolicy: open({ AWS: foreign }) })],
    ],
    [
      'Policy:SQS/QueuePublicAccessGranted',
      'a star',
      [call('sqs:SetQueueAttributes', { queueUrl: 'https://q', attributes: { Policy: open('*') } })],
    ],
    [
      'Exfiltration:SQS/QueueSharedExternally',
      'a foreign account',
      [
        call('sqs:SetQueueAttributes', {
          queueUrl: 'https://q',
          attributes: { Policy: open({ AWS: foreign }) },
        }),
      ],
    ],
    [
      'Policy:SNS/TopicPublicAccessGranted',
      'a star',
      [call('sns:SetTopicAttributes', { topicArn: 't', attributeName: 'Policy', attributeValue: open('*') })],
    ],
    [
      'Exfiltration:SNS/TopicSharedExternally',
      'a foreign account',
      [
        call('sns:SetTopicAttributes', {
          topicArn: 't',
          attributeName: 'Policy',
          attributeValue: open({ AWS: foreign }),
        }),
      ],
    ],
    [
      'Policy:ECR/RepositoryPublicAccessGranted',
      'a star',
      [call('ecr:SetRepositoryPolicy', { repositoryName: 'shop', policyText: open('*') })],
    ],
    [
      'Exfiltration:ECR/RepositorySharedExternally',
      'a foreign account',
      [call('ecr:SetRepositoryPolicy', { repositoryName: 'shop', policyText: open({ AWS: foreign }) })],
    ],
    [secrets, 'one after another', many(20, (at) => secret(at))],
    [
      secrets,
      'by the page',
      [{}, { nextToken: 'x' }].map((more) =>
        call('secretsmanager:BatchGetSecretValue', { filters: [{ key: 'all', values: ['*'] }], ...more }),
      ),
    ],
    [decrypted, 'ten at a time', many(3, (at) => parameters(at))],
    [sharedSnapshot, 'a foreign account', [snapshot({ userId: foreign })]],
    [sharedSnapshot, 'everyone', [snapshot({ group: 'all' })]],
    [sharedImage, 'a foreign account', [image({ userId: sister }, { userId: foreign })]],
    [sharedDatabase, 'a foreign account', [database(foreign)]],
    [
      sharedDatabase,
      'everyone, of a cluster',
      [
        call('rds:ModifyDBClusterSnapshotAttribute', {
          attributeName: 'restore',
          dBClusterSnapshotIdentifier: 'c-1',
          valuesToAdd: ['all'],
        }),
      ],
    ],
  ],
  silent: [
    [
      'Exfiltration:SQS/QueueSharedExternally',
      'a sister account is added',
      [
        call('sqs:AddPermission', {
          queueUrl: 'https://q',
          label: 'l',
          aWSAccountIds: [sister],
          actions: ['*'],
        }),
      ],
    ],

    [
      'Impact:S3/BucketVersioningSuspended',
      'enabled',
      [
        call('s3:PutBucketVersioning', {
          bucketName,
          versioning: '',
          VersioningConfiguration: { Status: 'Enabled' },
        }),
      ],
    ],

    [
      anonymous,
      'from an endpoint only',
      [bucketPolicy('*', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } })],
    ],
    [anonymous, 'refused', [bucketPolicy('*', undefined, refused)]],
    [anonymous, 'a service', [bucketPolicy({ Service: 'cloudtrail.amazonaws.com' })]],
    [
      anonymous,
      'the account blocks it',
      [
        call('s3:PutAccountPublicAccessBlock', { accountId: account, ...block(true) }),
        acl('global/AllUsers'),
        bucketPolicy('*'),
      ],
    ],
    [anonymous, 'a new bucket blocks it', [call('s3:CreateBucket', { bucketName }), acl('global/AllUsers')]],
    [authenticated, 'log delivery', [acl('s3/LogDelivery')]],
    [authenticated, 'private', [call('s3:PutBucketAcl', { bucketName, 'x-amz-acl': ['private'] })]],
    [shared, 'an account of the organization', [bucketPolicy({ AWS: `arn:aws:iam::${sister}:root` })]],
    [
      shared,
      'a content delivery network',
      [bucketPolicy({ AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' })],
    ],
    [
      accountBlock,
      'switched on',
      [call('s3:PutAccountPublicAccessBlock', { accountId: account, ...block(true) })],
    ],
    [bucketBlock, 'switched on', [call('s3:PutBucketPublicAccessBlock', { bucketName, ...block(true) })]],
    [bucketBlock, 'refused', [call('s3:DeleteBucketPublicAccessBlock', { bucketName }, refused)]],
    [replicated, 'to a sister account', [replication(sister)]],
    [replicated, 'within the account', [replication()]],
    [foreignKey, 'an own key', [encryption(`arn:aws:kms:eu-central-1:${account}:key/k`)]],
    [foreignKey, 'refused', [encryption(`arn:aws:kms:eu-central-1:${foreign}:key/k`, refused)]],
    [versions, 'objects that are versioned', many(50, (at) => remove(at))],
    [
      versions,
      'over a day',
      spread(
        30,
        many(25, (at) => remove(at, `v${at}`)),
      ),
    ],
    [versions, 'by the lifecycle', many(25, (at) => remove(at, `v${at}`, byService('s3.amazonaws.com')))],
    [encrypted, 'copies to elsewhere', many(12, (at) => encrypt(at, `other/o/${at}`))],
    [encrypted, 'a few', many(3, (at) => encrypt(at))],
    [note, 'nothing was deleted', [put('warnings/WARNING.txt')]],
    [note, 'an ordinary file after a deletion', [remove(1), put('README.md'), put('report.txt')]],
    [emptied, 'in the console', [listVersions(fromConsole), removeMany(fromConsole)]],
    [emptied, 'what is no longer needed is deleted', [removeMany(), removeMany()]],
    [emptied, 'a day later', spread(1400, [listVersions(), removeMany()])],
    [deletion, 'cancelled', [call('kms:CancelKeyDeletion', key(1))]],
    [deletion, 'refused', [call('kms:ScheduleKeyDeletion', key(1), refused)]],
    [unusable, 'one key, often', many(4, () => call('kms:DisableKey', key(1)))],
    [
      unusable,
      'three keys in a week',
      spread(
        3000,
        many(3, (at) => call('kms:DisableKey', key(at))),
      ),
    ],
    [
      'Policy:KMS/KeyPublicAccessGranted',
      'of the account',
      [keyPolicy({ AWS: '*' }, { StringEquals: { 'kms:CallerAccount': account } })],
    ],
    ['Exfiltration:KMS/KeySharedExternally', 'the organization', [keyPolicy({ AWS: sister })]],
    [granted, 'an own role', [grant(`arn:aws:iam::${account}:role/shop`)]],
    [
      granted,
      'a service for a volume',
      [
        grant(
          `arn:aws:sts::${foreign}:assumed-role/aws:ec2-infrastructure/i-1`,
          onBehalf('ec2.amazonaws.com'),
        ),
      ],
    ],
    [
      'Policy:SecretsManager/SecretPublicAccessGranted',
      'the organization',
      [
        call('secretsmanager:PutResourcePolicy', {
          secretId: 's',
          resourcePolicy: open('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }),
        }),
      ],
    ],
    [
      'Exfiltration:SecretsManager/SecretSharedExternally',
      'a sister account',
      [call('secretsmanager:PutResourcePolicy', { secretId: 's', resourcePolicy: open({ AWS: sister }) })],
    ],
    [
      'Policy:SQS/QueuePublicAccessGranted',
      'for a topic',
      [
        call('sqs:SetQueueAttributes', {
          queueUrl: 'q',
          attributes: {
            Policy: open('*', { ArnEquals: { 'aws:SourceArn': `arn:aws:sns:eu-central-1:${account}:t` } }),
          },
        }),
      ],
    ],
    [
      'Exfiltration:SQS/QueueSharedExternally',
      'other attributes',
      [call('sqs:SetQueueAttributes', { queueUrl: 'q', attributes: { VisibilityTimeout: '30' } })],
    ],
    [
      'Policy:SNS/TopicPublicAccessGranted',
      'the default policy',
      [
        call('sns:SetTopicAttributes', {
          topicArn: 't',
          attributeName: 'Policy',
          attributeValue: open({ AWS: '*' }, { StringEquals: { 'AWS:SourceOwner': account } }),
        }),
      ],
    ],
    [
      'Exfiltration:SNS/TopicSharedExternally',
      'a name',
      [
        call('sns:SetTopicAttributes', {
          topicArn: 't',
          attributeName: 'DisplayName',
          attributeValue: open({ AWS: foreign }),
        }),
      ],
    ],
    [
      'Policy:ECR/RepositoryPublicAccessGranted',
      'refused',
      [call('ecr:SetRepositoryPolicy', { repositoryName: 'shop', policyText: open('*') }, refused)],
    ],
    [
      'Exfiltration:ECR/RepositorySharedExternally',
      'a sister account',
      [call('ecr:SetRepositoryPolicy', { repositoryName: 'shop', policyText: open({ AWS: sister }) })],
    ],
    [
      secrets,
      'the same page, often',
      many(9, () =>
        call('secretsmanager:BatchGetSecretValue', { filters: [{ key: 'tag-key', values: ['shop'] }] }),
      ),
    ],
    [secrets, 'the same one, often', many(40, () => secret(1))],
    [
      secrets,
      'over a day',
      spread(
        30,
        many(40, (at) => secret(at)),
      ),
    ],
    [secrets, 'refused', many(20, (at) => secret(at, refused))],
    [decrypted, 'settings that are no secrets', many(3, (at) => parameters(at, false))],
    [decrypted, 'ten, at a start', [parameters(1)]],
    [sharedSnapshot, 'a sister account', [snapshot({ userId: sister })]],
    [
      sharedSnapshot,
      'taken back',
      [
        call('ec2:ModifySnapshotAttribute', {
          snapshotId: 'snap-1',
          createVolumePermission: { remove: { items: [{ userId: foreign }] } },
        }),
      ],
    ],
    [
      sharedImage,
      'an organization',
      [image({ organizationArn: 'arn:aws:organizations::111122223333:organization/o-1' })],
    ],
    [
      sharedImage,
      'a description',
      [call('ec2:ModifyImageAttribute', { imageId: 'ami-1', description: { value: 'x' } })],
    ],
    [sharedDatabase, 'a sister account', [database(sister)]],
  ],
}
