import {
  account,
  answered,
  as,
  asRole,
  byService,
  call,
  foreign,
  fromConsole,
  many,
  onBehalf,
  refused,
  sister,
  spread,
} from '../calls.ts'
import type { Rows } from '../check-rows.ts'

const ingress = (port: number, ipRange: object, ipProtocol = 'tcp', toPort = port) =>
  call('ec2:AuthorizeSecurityGroupIngress', {
    groupId: 'sg-1',
    ipPermissions: {
      items: [{ ipProtocol, fromPort: port, toPort, groups: {}, prefixListIds: {}, ...ipRange }],
    },
  })
const v4 = (cidrIp: string) => ({ ipRanges: { items: [{ cidrIp }] }, ipv6Ranges: {} })
const v6 = (cidrIpv6: string) => ({ ipRanges: {}, ipv6Ranges: { items: [{ cidrIpv6 }] } })
const modified = (rule: object) =>
  call('ec2:ModifySecurityGroupRules', {
    ModifySecurityGroupRulesRequest: {
      GroupId: 'sg-1',
      SecurityGroupRule: { SecurityGroupRuleId: 'sgr-1', SecurityGroupRule: rule, tag: 1 },
    },
  })
const passwordOf = (at: number, more = {}) =>
  call('ec2:GetPasswordData', { instanceId: `i-0000000${at}` }, more)
const userDataOf = (at: number, attribute = 'userData', more = {}) =>
  call('ec2:DescribeInstanceAttribute', { instanceId: `i-000000${at}`, attribute }, more)
const push = (at: number, more = {}) =>
  call(
    'ec2-instance-connect:SendSSHPublicKey',
    { instanceId: `i-0000000${at}`, instanceOSUser: 'root' },
    more,
  )
const send = (documentName: string, more: object, rest = {}) =>
  call(
    'ssm:SendCommand',
    { documentName, parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS', interactive: false, ...more },
    { ...answered({ command: { commandId: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d' } }), ...rest },
  )
const three = { instanceIds: ['i-1', 'i-2', 'i-3'] }
const start = (at: number, more = {}) =>
  call('ssm:StartSession', { target: `i-${at}` }, { ...answered({ sessionId: `ann-${at}` }), ...more })
const run = (instanceType: string, maxCount = 1, more = {}) =>
  call(
    'ec2:RunInstances',
    { instanceType, instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount }] } },
    { ...answered({ instancesSet: { items: [{ instanceId: 'i-1' }] } }), ...more },
  )
const mail = [
  'GetSendQuota',
  'ListIdentities',
  'GetAccountSendingEnabled',
  'GetIdentityVerificationAttributes',
]
const functionName = 'shop'
const permission = (more: object, rest = {}) =>
  call(
    'lambda:AddPermission20150331v2',
    { functionName, statementId: 's1', action: 'lambda:InvokeFunction', ...more },
    rest,
  )
const code = (more = {}, rest = {}) =>
  call('lambda:UpdateFunctionCode20150331v2', { functionName, ...more }, rest)
const layers = (owner: string) =>
  call('lambda:UpdateFunctionConfiguration20150331v2', {
    functionName,
    layers: [`arn:aws:lambda:eu-central-1:${owner}:layer:x:1`],
  })

const port = 'Policy:EC2/AdminPortOpenedToInternet'
const password = 'CredentialAccess:EC2/PasswordDataRead'
const passwords = 'CredentialAccess:EC2/PasswordDataReadInBulk'
const changed = 'Execution:EC2/UserDataChanged'
const userData = 'Discovery:EC2/UserDataReadInBulk'
const serial = 'UnauthorizedAccess:EC2/SerialConsoleUsed'
const connect = 'UnauthorizedAccess:EC2/InstanceConnectToMany'
const commands = 'Execution:EC2/CommandOnManyInstances'
const sessions = 'Execution:EC2/SessionsOnManyInstances'
const launched = 'Impact:EC2/UnusualInstancesLaunched'
const notebook = 'Execution:SageMaker/LifecycleConfigurationChanged'
const sending = 'Discovery:SES/SendingCapabilitiesEnumerated'
const models = 'Impact:Bedrock/ModelAccessTaken'
const everyone = 'Policy:Lambda/FunctionPublicAccessGranted'
const shared = 'Persistence:Lambda/FunctionSharedExternally'
const url = 'Policy:Lambda/FunctionURLPublic'
const byOther = 'Persistence:Lambda/FunctionCodeChangedByOther'
const foreignCode = 'Persistence:Lambda/ForeignCodeAdded'
const source = 'Persistence:Lambda/ForeignEventSource'

/** Instances, functions and notebooks are opened, or made to run something. */
export const machineRows: Rows = {
  fires: [
    [port, 'SSH', [ingress(22, v4('0.0.0.0/0'))]],
    [port, 'a database, over IPv6', [ingress(5432, v6('::/0'))]],
    [port, 'half of the internet', [ingress(3389, v4('128.0.0.0/1'))]],
    [port, 'a range of ports', [ingress(0, v4('0.0.0.0/0'), 'tcp', 65_535)]],
    [port, 'all protocols', [ingress(-1, v4('0.0.0.0/0'), '-1')]],
    [
      port,
      'written flat',
      [
        call('ec2:AuthorizeSecurityGroupIngress', {
          groupId: 'sg-1',
          cidrIp: '0.0.0.0/0',
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
        }),
      ],
    ],
    [
      port,
      'a rule is changed',
      [modified({ CidrIpv4: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 })],
    ],
    [
      port,
      'a rule is changed, in the names of the API reference',
      [
        call('ec2:ModifySecurityGroupRules', {
          groupId: 'sg-1',
          securityGroupRules: [
            {
              securityGroupRuleId: 'sgr-1',
              securityGroupRule: { cidrIpv6: '::/0', ipProtocol: 'tcp', fromPort: 3306, toPort: 3306 },
            },
          ],
        }),
      ],
    ],
    [password, 'of one instance', [passwordOf(1)]],
    [
      passwords,
      'of three, all refused',
      many(3, (at) => passwordOf(at, { errorCode: 'Client.UnauthorizedOperation' })),
    ],
    [
      changed,
      'of a stopped instance',
      [call('ec2:ModifyInstanceAttribute', { instanceId: 'i-1', userData: '<sensitiveDataRemoved>' })],
    ],
    [
      userData,
      'of many, all refused',
      many(15, (at) => userDataOf(at, 'userData', { errorCode: 'Client.UnauthorizedOperation' })),
    ],
    [
      serial,
      'a key is pushed',
      [call('ec2-instance-connect:SendSerialConsoleSSHPublicKey', { instanceId: 'i-1', serialPort: 0 })],
    ],
    [serial, 'enabled for the account', [call('ec2:EnableSerialConsoleAccess')]],
    [connect, 'to three', many(3, (at) => push(at))],
    [commands, 'three at once', [send('AWS-RunShellScript', three)]],
    [
      commands,
      'one after another',
      many(3, (at) => send('AWS-RunPowerShellScript', { instanceIds: [`i-${at}`] })),
    ],
    [commands, 'all there are', [send('own-document', { targets: [{ key: 'InstanceIds', values: ['*'] }] })]],
    [sessions, 'on three', many(3, (at) => start(at))],
    [launched, 'accelerated ones', [run('p3.2xlarge')]],
    [launched, 'large ones', [run('m5.24xlarge')]],
    [launched, 'many', [run('t3.large', 50)]],
    [
      launched,
      'ten accelerated ones, refused',
      [run('p2.xlarge', 10, { errorCode: 'Client.UnauthorizedOperation' })],
    ],
    [
      notebook,
      'of a notebook',
      [call('sagemaker:UpdateNotebookInstance', { notebookInstanceName: 'n', lifecycleConfigName: 'eve' })],
    ],
    [
      notebook,
      'the script itself',
      [
        call('sagemaker:UpdateNotebookInstanceLifecycleConfig', {
          notebookInstanceLifecycleConfigName: 'l',
          onStart: [{ content: 'x' }],
        }),
      ],
    ],
    [sending, 'three questions', mail.map((name) => call(`ses:${name}`))],
    [
      models,
      'an agreement',
      [call('bedrock:CreateFoundationModelAgreement', { modelId: 'vendor.model-v1', offerToken: 'x' })],
    ],
    [everyone, 'a star', [permission({ principal: '*' })]],
    [shared, 'a foreign account', [permission({ principal: foreign })]],
    [shared, 'a foreign role', [permission({ principal: `arn:aws:iam::${foreign}:role/eve` })]],
    [url, 'created', [call('lambda:CreateFunctionUrlConfig', { functionName, authType: 'NONE' })]],
    [byOther, 'after a deployment by another', [code({}, asRole('deploy', 'ci')), code({}, as('eve'))]],
    [foreignCode, 'a layer', [layers(foreign)]],
    [foreignCode, 'an image', [code({ imageUri: `${foreign}.dkr.ecr.eu-central-1.amazonaws.com/x:1` })]],
    [
      source,
      'a foreign queue',
      [
        call(
          'lambda:CreateEventSourceMapping20150331',
          { functionName, eventSourceArn: `arn:aws:sqs:eu-central-1:${foreign}:q` },
          answered({ uUID: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d' }),
        ),
      ],
    ],
  ],
  silent: [
    [port, 'from the office network', [ingress(22, v4('10.0.0.0/8'))]],
    [port, 'the web', [ingress(443, v4('0.0.0.0/0'))]],
    [port, 'from one address', [ingress(22, v4('203.0.113.7/32'))]],
    [port, 'another protocol', [ingress(22, v4('0.0.0.0/0'), 'udp')]],
    [port, 'from another group', [ingress(5432, { ipRanges: {}, groups: { items: [{ groupId: 'sg-2' }] } })]],
    [
      port,
      'a rule is narrowed',
      [modified({ CidrIpv4: '203.0.113.0/24', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 })],
    ],
    [password, 'in the console', [passwordOf(1, fromConsole)]],
    [password, 'refused', [passwordOf(1, refused)]],
    [passwords, 'one, often, refused', many(4, () => passwordOf(1, refused))],
    [
      changed,
      'another type',
      [call('ec2:ModifyInstanceAttribute', { instanceId: 'i-1', instanceType: { value: 't3.small' } })],
    ],
    [
      changed,
      'refused',
      [call('ec2:ModifyInstanceAttribute', { instanceId: 'i-1', userData: 'x' }, refused)],
    ],
    [userData, 'of one', [userDataOf(1)]],
    [userData, 'other attributes of many', many(15, (at) => userDataOf(at, 'disableApiTermination'))],
    [serial, 'asked for', [call('ec2:GetSerialConsoleAccessStatus')]],
    [connect, 'to one, often', many(5, () => push(1))],
    [commands, 'patches', [send('AWS-RunPatchBaseline', three)]],
    [commands, 'one instance', [send('AWS-RunShellScript', { instanceIds: ['i-1'] })]],
    [commands, 'State Manager', [send('AWS-RunShellScript', three, byService('ssm.amazonaws.com'))]],
    [sessions, 'two', many(2, (at) => start(at))],
    [
      sessions,
      'over a day',
      spread(
        60,
        many(6, (at) => start(at)),
      ),
    ],
    [launched, 'a few small ones', [run('t3.large', 3)]],
    [launched, 'Auto Scaling', [run('p3.2xlarge', 4, onBehalf('autoscaling.amazonaws.com'))]],
    [launched, 'one, refused', [run('p3.2xlarge', 1, refused)]],
    [
      notebook,
      'created',
      [call('sagemaker:CreateNotebookInstanceLifecycleConfig', { notebookInstanceLifecycleConfigName: 'l' })],
    ],
    [
      notebook,
      'another size',
      [call('sagemaker:UpdateNotebookInstance', { notebookInstanceName: 'n', instanceType: 'ml.t3.large' })],
    ],
    [sending, 'in the console', mail.map((name) => call(`ses:${name}`, null, fromConsole))],
    [sending, 'a program asks for its quota', many(9, () => call('ses:GetSendQuota'))],
    [
      models,
      'in the console',
      [call('bedrock:CreateFoundationModelAgreement', { modelId: 'm' }, fromConsole)],
    ],
    [everyone, 'the organization', [permission({ principal: '*', principalOrgID: 'o-1' })]],
    [everyone, 'a service', [permission({ principal: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::shop' })]],
    [shared, 'a sister account', [permission({ principal: sister })]],
    [shared, 'refused', [permission({ principal: foreign }, refused)]],
    [url, 'with signatures', [call('lambda:CreateFunctionUrlConfig', { functionName, authType: 'AWS_IAM' })]],
    [byOther, 'the same one again', many(3, () => code({}, asRole('deploy', 'ci')))],
    [
      byOther,
      'another function',
      [code({}, asRole('deploy', 'ci')), code({ functionName: 'other' }, as('eve'))],
    ],
    [
      byOther,
      'a setting',
      [
        code({}, asRole('deploy', 'ci')),
        call('lambda:UpdateFunctionConfiguration20150331v2', { functionName, timeout: 3 }, as('eve')),
      ],
    ],
    [foreignCode, 'an own layer', [layers(account)]],
    [foreignCode, 'a layer of AWS', [layers('017000801446')]],
    [foreignCode, 'an own image', [code({ imageUri: `${account}.dkr.ecr.eu-central-1.amazonaws.com/x:1` })]],
    [
      source,
      'an own queue',
      [
        call('lambda:CreateEventSourceMapping20150331', {
          functionName,
          eventSourceArn: `arn:aws:sqs:eu-central-1:${account}:q`,
        }),
      ],
    ],
  ],
}
