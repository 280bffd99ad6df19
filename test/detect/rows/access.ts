import {
  account,
  addresses,
  answered,
  as,
  asRole,
  asRoot,
  byService,
  call,
  dataEvent,
  from,
  fromConsole,
  many,
  onBehalf,
  refused,
  spread,
} from '../calls.ts'
import type { Rows } from '../check-rows.ts'

const { berlin, paris, sydney, tor, malicious, custom, own, amazon, otherAmazon } = addresses
const bucketName = 'shop'
const data = (name: string, address: string) =>
  call(`s3:${name}`, { bucketName, key: 'k' }, { ...dataEvent, ...from(address) })
const reading = (address: string) => call('ec2:DescribeInstances', null, from(address))
const writing = (address: string) => call('ec2:CreateTags', null, from(address))
const agent = (userAgent: string, event = 'iam:ListUsers') => call(event, null, { userAgent })
const kali = 'Boto3/1.34.1 md/Botocore#1.34.1 Linux/5.10.0-kali7-amd64'
const parrot = 'aws-cli/2.9 Python/3.9 Linux/5.14.0-9parrot1-amd64'
const pentoo = 'aws-cli/2.9 Python/3.9 Linux/5.4.2-pentoo'
const s3Agent = (userAgent: string) =>
  call('s3:GetObject', { bucketName, key: 'k' }, { ...dataEvent, userAgent })
const asInstance = asRole('web', 'i-0123456789abcdef0')
const ofInstance = (address: string, more = {}) =>
  call('s3:ListBuckets', null, { ...asInstance, ...from(address), ...more })
const asFunction = asRole('shop-role', 'shop')
const issued = call(
  'sts:AssumeRole',
  { roleArn: `arn:aws:iam::${account}:role/shop-role`, roleSessionName: 'shop' },
  {
    ...byService('lambda.amazonaws.com'),
    ...answered({ assumedRoleUser: { arn: `arn:aws:sts::${account}:assumed-role/shop-role/shop` } }),
  },
)
const ofFunction = (address: string, more = {}) =>
  call('dynamodb:ListTables', null, { ...asFunction, ...from(address), ...more })
const login = (ConsoleLogin: 'Success' | 'Failure', more: object = {}, MFAUsed = 'Yes') =>
  call('signin:ConsoleLogin', null, {
    ...answered({ ConsoleLogin }),
    ...{ additionalEventData: { MFAUsed, MobileVersion: 'No' }, eventType: 'AwsConsoleSignIn' },
    ...(ConsoleLogin === 'Failure' && { errorMessage: 'Failed authentication' }),
    ...more,
  })
const actions = [
  'iam:ListUsers',
  'iam:ListRoles',
  's3:ListBuckets',
  'ec2:DescribeInstances',
  'kms:ListKeys',
].flatMap((one) => ['', '2', '3'].map((more) => one + more))
const takeRole = (at: number, more = {}) =>
  call('sts:AssumeRole', { roleArn: `arn:aws:iam::${account}:role/r${at}`, roleSessionName: 'x' }, more)
const malformed = {
  errorCode: 'MalformedPolicyDocumentException',
  errorMessage: 'Invalid principal in policy',
}
const questions = [
  'sts:GetCallerIdentity',
  'iam:ListUsers',
  'iam:ListRoles',
  's3:ListBuckets',
  'ec2:DescribeSnapshots',
]

const root = 'Policy:IAMUser/RootCredentialUsage'
const shortTerm = 'Policy:IAMUser/ShortTermRootCredentialUsage'
const tool = 'PenTest:IAMUser/AttackTool'
const outside = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS'
const inside = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS'
const resource = 'UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS'
const logins = 'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B'
const travel = 'UnauthorizedAccess:IAMUser/ImpossibleTravel'
const withoutMfa = 'InitialAccess:IAMUser/ConsoleLoginWithoutMFA'
const guessing = 'CredentialAccess:IAMUser/PasswordGuessing'
const guessed = 'InitialAccess:IAMUser/PasswordGuessed'
const spraying = 'CredentialAccess:IAMUser/PasswordSpraying'
const permissions = 'Discovery:IAMUser/PermissionEnumeration'
const roles = 'PrivilegeEscalation:IAMUser/RoleEnumeration'
const principals = 'Discovery:IAMUser/PrincipalEnumeration'
const instance = 'Discovery:IAMUser/InstanceRoleEnumeration'

/** Who calls, from where, and how often in vain. */
export const accessRows: Rows = {
  fires: [
    [root, 'a call', [call('ec2:DescribeInstances', null, asRoot())]],
    [
      shortTerm,
      'a call of a session taken for a member',
      [call('s3:DeleteBucketPolicy', { bucketName }, asRoot({ assumedRoot: 'true' }))],
    ],
    ['PenTest:IAMUser/KaliLinux', 'a call', [agent(kali)]],
    ['PenTest:IAMUser/ParrotLinux', 'a call', [agent(parrot)]],
    ['PenTest:IAMUser/PentooLinux', 'a call', [agent(pentoo)]],
    ['PenTest:S3/KaliLinux', 'an object', [s3Agent(kali)]],
    ['PenTest:S3/ParrotLinux', 'an object', [s3Agent(parrot)]],
    ['PenTest:S3/PentooLinux', 'an object', [s3Agent(pentoo)]],
    [tool, 'a search for keys tries one', [agent('TruffleHog', 'sts:GetCallerIdentity')]],
    ['Recon:IAMUser/MaliciousIPCaller', 'a question', [reading(malicious)]],
    ['Recon:IAMUser/MaliciousIPCaller.Custom', 'a question', [reading(custom)]],
    ['Recon:IAMUser/TorIPCaller', 'a question', [reading(tor)]],
    ['UnauthorizedAccess:IAMUser/MaliciousIPCaller', 'a change', [writing(malicious)]],
    ['UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom', 'a change', [writing(custom)]],
    [
      'UnauthorizedAccess:IAMUser/TorIPCaller',
      'a change, refused',
      [call('ec2:CreateTags', null, { ...from(tor), ...refused })],
    ],
    ['Discovery:S3/MaliciousIPCaller', 'a list of objects', [data('ListObjects', malicious)]],
    ['Discovery:S3/MaliciousIPCaller.Custom', 'a list of objects', [data('ListObjects', custom)]],
    ['Discovery:S3/TorIPCaller', 'a list of objects', [data('ListObjects', tor)]],
    ['Exfiltration:S3/MaliciousIPCaller', 'an object is read', [data('GetObject', malicious)]],
    ['Impact:S3/MaliciousIPCaller', 'an object is written', [data('PutObject', malicious)]],
    ['UnauthorizedAccess:S3/MaliciousIPCaller.Custom', 'an object is written', [data('PutObject', custom)]],
    ['UnauthorizedAccess:S3/TorIPCaller', 'an object is read', [data('GetObject', tor)]],
    [outside, 'from a home line', [ofInstance(amazon), ofInstance(berlin)]],
    [outside, 'the first call already', [ofInstance(berlin)]],
    [outside, 'from the next room, where addresses are own', [ofInstance(own), ofInstance('127.0.0.66')]],
    [
      outside,
      'a record that says how the credentials were delivered',
      [call('s3:ListBuckets', null, asRole('web', 'mi-1', { sessionContext: { ec2RoleDelivery: '2.0' } }))],
    ],
    [inside, 'from another machine at Amazon', [ofInstance(amazon), ofInstance(otherAmazon)]],
    [
      inside,
      'by the endpoint of another VPC',
      [
        ofInstance('10.0.0.4', { vpcEndpointId: 'vpce-1' }),
        ofInstance('172.31.0.9', { vpcEndpointId: 'vpce-2' }),
      ],
    ],
    [resource, 'of a function, from a home line', [issued, ofFunction(own), ofFunction(berlin)]],
    [
      resource,
      'of code that says it is a function',
      [ofFunction(amazon, { userAgent: 'Boto3/1.34 exec-env/AWS_Lambda_python3.12' }), ofFunction(berlin)],
    ],
    [logins, 'from the other end of the world', [login('Success'), login('Success', from(sydney))]],
    [travel, 'from the other end of the world', [reading(berlin), writing(sydney)]],
    [
      travel,
      'of a person with a role',
      ['berlin', 'sydney'].map((place) =>
        call('ec2:DescribeInstances', null, {
          ...asRole('AWSReservedSSO_dev', 'ann@example.com'),
          ...from(addresses[place as 'berlin']),
        }),
      ),
    ],
    [withoutMfa, 'a user', [login('Success', {}, 'No')]],
    [withoutMfa, 'the root user', [login('Success', asRoot(), 'No')], [root]],
    [guessing, 'six failures', many(7, () => login('Failure'))],
    [
      guessed,
      'failures, and then success',
      [...many(7, () => login('Failure')), login('Success')],
      [guessing],
    ],
    [spraying, 'many users from one address', many(6, (at) => login('Failure', as(`user${at}`)))],
    [permissions, 'fifteen different actions', actions.map((action) => call(action, null, refused))],
    [roles, 'one after another', many(7, (at) => takeRole(at, refused))],
    [
      principals,
      'one after another',
      many(7, () => call('iam:UpdateAssumeRolePolicy', { roleName: 'r' }, malformed)),
    ],
    [instance, 'five questions', questions.map((one) => call(one, null, { ...asInstance, ...from(own) }))],
  ],
  silent: [
    [
      travel,
      'a role of a pipeline, with runners everywhere',
      [berlin, sydney].map((place) =>
        call('ec2:DescribeInstances', null, { ...asRole('deploy', 'ci'), ...from(place) }),
      ),
    ],
    [
      resource,
      'a role that another service took',
      [
        { ...issued, userIdentity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' } },
        ofFunction(berlin),
      ],
    ],

    [
      root,
      'a service for the root user',
      [
        call('kms:Decrypt', null, {
          ...asRoot(),
          userIdentity: { type: 'Root', invokedBy: 'ec2.amazonaws.com' },
        }),
      ],
    ],
    [
      root,
      'an event of a service',
      [call('signin:PasswordRecoveryRequested', null, { ...asRoot(), eventType: 'AwsServiceEvent' })],
    ],
    [root, 'somebody tries the password', [login('Failure', asRoot())]],
    [shortTerm, 'a user', [call('s3:DeleteBucketPolicy', { bucketName })]],
    ['PenTest:IAMUser/KaliLinux', 'another word', [agent('kalium-sync/2.1 Linux/5.10'), agent('alkali/1.0')]],
    ['PenTest:IAMUser/ParrotLinux', 'another word', [agent('parrots/1.0')]],
    ['PenTest:IAMUser/PentooLinux', 'another system', [agent('aws-cli/2.15 Linux/6.1.0-ubuntu')]],
    ['PenTest:S3/KaliLinux', 'another word', [s3Agent('Kaliningrad-backup/1')]],
    ['PenTest:S3/ParrotLinux', 'another system', [s3Agent('aws-sdk-java/2.2 Linux/6.1.0-debian')]],
    ['PenTest:S3/PentooLinux', 'another word', [s3Agent('pentoothal/2')]],
    [tool, 'another word', [agent('capacu-planner/1.0', 'sts:GetCallerIdentity'), agent('aws-cli/2.15')]],
    ['Recon:IAMUser/MaliciousIPCaller', 'an address that stands in no list', [reading(berlin)]],
    [
      'Recon:IAMUser/MaliciousIPCaller.Custom',
      'a service',
      [call('ec2:DescribeInstances', null, byService('autoscaling.amazonaws.com'))],
    ],
    ['Recon:IAMUser/TorIPCaller', 'a list of servers', [reading(addresses.commandAndControl)]],
    ['UnauthorizedAccess:IAMUser/MaliciousIPCaller', 'an address that stands in no list', [writing(berlin)]],
    ['UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom', 'an own address', [writing(own)]],
    ['UnauthorizedAccess:IAMUser/TorIPCaller', 'a list of servers', [writing(addresses.commandAndControl)]],
    ['Discovery:S3/MaliciousIPCaller', 'no list', [data('ListObjects', berlin)]],
    ['Discovery:S3/MaliciousIPCaller.Custom', 'no list', [data('ListObjects', own)]],
    ['Discovery:S3/TorIPCaller', 'a list of servers', [data('ListObjects', addresses.commandAndControl)]],
    ['Exfiltration:S3/MaliciousIPCaller', 'no list', [data('GetObject', berlin)]],
    ['Impact:S3/MaliciousIPCaller', 'no list', [data('PutObject', berlin)]],
    ['UnauthorizedAccess:S3/MaliciousIPCaller.Custom', 'no list', [data('PutObject', own)]],
    [
      'UnauthorizedAccess:S3/TorIPCaller',
      'a list of servers',
      [data('GetObject', addresses.commandAndControl)],
    ],
    [
      outside,
      'from the instance, by an endpoint and by the internet',
      [ofInstance('10.0.0.4'), ofInstance(amazon), ofInstance('10.0.0.4'), ofInstance(amazon)],
    ],
    [outside, 'an own address that changes', [ofInstance(own), ofInstance(own)]],
    [
      outside,
      'a person with such a role',
      [call('s3:ListBuckets', null, { ...asRole('web', 'ann'), ...from(berlin) })],
    ],
    [
      inside,
      'a service on behalf of the instance',
      [ofInstance(amazon), call('kms:Decrypt', null, { ...asInstance, ...from('s3.amazonaws.com') })],
    ],
    [resource, 'from many of Amazon’s addresses', [issued, ofFunction(amazon), ofFunction(otherAmazon)]],
    [
      resource,
      'a person with the same role',
      [issued, call('dynamodb:ListTables', null, { ...asRole('shop-role', 'ann'), ...from(berlin) })],
    ],
    [resource, 'a role that no service took', [ofFunction(berlin)]],
    [logins, 'from the next country', [login('Success'), login('Success', from(paris))]],
    [logins, 'a flight later', spread(60 * 30, [login('Success'), login('Success', from(sydney))])],
    [logins, 'the second failed', [login('Success'), login('Failure', from(sydney))]],
    [travel, 'from the next country', [reading(berlin), reading(paris)]],
    [travel, 'a flight later', spread(60 * 30, [reading(berlin), reading(sydney)])],
    [travel, 'by a gateway at a cloud', [reading(berlin), reading(amazon), reading(berlin)]],
    [
      travel,
      'refused: anybody can name a key',
      [reading(berlin), call('ec2:DescribeInstances', null, { ...from(sydney), ...refused })],
    ],
    [withoutMfa, 'with MFA', [login('Success')]],
    [withoutMfa, 'by an identity provider', [login('Success', asRole('AWSReservedSSO_dev', 'ann'), 'No')]],
    [withoutMfa, 'failed', [login('Failure', {}, 'No')]],
    [guessing, 'three failures', many(3, () => login('Failure'))],
    [
      guessing,
      'over a week',
      spread(
        1400,
        many(7, () => login('Failure')),
      ),
    ],
    [guessed, 'a typing error', [login('Failure'), login('Failure'), login('Success')]],
    [spraying, 'an office that comes to work', many(8, (at) => login('Success', as(`user${at}`)))],
    [permissions, 'one action, often', many(40, () => call('s3:ListBuckets', null, refused))],
    [
      permissions,
      'in the console',
      actions.map((action) => call(action, null, { ...refused, ...fromConsole })),
    ],
    [
      permissions,
      'other errors',
      actions.map((action) => call(action, null, { errorCode: 'ThrottlingException' })),
    ],
    [roles, 'one role, often', many(9, () => takeRole(1, refused))],
    [roles, 'many roles, granted', many(9, (at) => takeRole(at))],
    [principals, 'twice', many(2, () => call('iam:UpdateAssumeRolePolicy', { roleName: 'r' }, malformed))],
    [
      instance,
      'its own identity, often',
      many(9, () => call('sts:GetCallerIdentity', null, { ...asInstance, ...from(own) })),
    ],
    [instance, 'a person', questions.map((one) => call(one))],
    [instance, 'on behalf', [call('kms:ListKeys', null, onBehalf('ec2.amazonaws.com'))]],
  ],
}
