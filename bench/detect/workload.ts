/** Texts as AWS writes them: what an organization of some hundred people and machines leaves in its logs on a quiet day. */
import { chance } from './seed.ts'

const startMs = Date.UTC(2026, 0, 5)
const account = '111122223333'

/** What is called most; the figures are shares. */
const calls: readonly (readonly [source: string, name: string, share: number, parameters: object | null])[] =
  [
    [
      'sts.amazonaws.com',
      'AssumeRole',
      20,
      { roleArn: `arn:aws:iam::${account}:role/deploy`, roleSessionName: 'ci' },
    ],
    ['ec2.amazonaws.com', 'DescribeInstances', 18, { instancesSet: {}, filterSet: {} }],
    [
      's3.amazonaws.com',
      'GetObject',
      16,
      { bucketName: 'shop-assets', key: 'img/logo.png', Host: 'shop-assets.s3.amazonaws.com' },
    ],
    [
      'kms.amazonaws.com',
      'Decrypt',
      14,
      { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext: { table: 'orders' } },
    ],
    ['logs.amazonaws.com', 'CreateLogStream', 8, { logGroupName: '/aws/lambda/shop', logStreamName: 'a' }],
    ['dynamodb.amazonaws.com', 'DescribeTable', 6, { tableName: 'orders' }],
    ['secretsmanager.amazonaws.com', 'GetSecretValue', 5, { secretId: 'shop/database' }],
    ['iam.amazonaws.com', 'GetRole', 4, { roleName: 'deploy' }],
    [
      'elasticloadbalancing.amazonaws.com',
      'DescribeTargetHealth',
      4,
      { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop/1' },
    ],
    ['lambda.amazonaws.com', 'UpdateFunctionCode20150331v2', 2, { functionName: 'shop', publish: true }],
    [
      'ec2.amazonaws.com',
      'RunInstances',
      1,
      { instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount: 1 }] } },
    ],
    [
      's3.amazonaws.com',
      'PutBucketPolicy',
      1,
      { bucketName: 'shop-assets', bucketPolicy: { Version: '2012-10-17', Statement: [] } },
    ],
    ['iam.amazonaws.com', 'CreateUser', 1, { userName: 'new' }],
  ]
const deck = calls.flatMap((call) => Array.from({ length: call[2] }, () => call))
const agents = [
  'aws-cli/2.15.30 Python/3.11.8 Linux/6.5.0 exe/x86_64.ubuntu.22 prompt/off command/ec2.describe-instances',
  'Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.5 md/arch#x86_64 lang/python#3.11',
  'aws-sdk-go-v2/1.25.0 os/linux lang/go#1.22 md/GOOS#linux md/GOARCH#amd64 api/sts#1.27.0',
  'APN/1.0 HashiCorp/1.0 Terraform/1.7.4 aws-sdk-go-v2/1.25.3',
]

/** Records of a trail, one a text, of so many principals. */
export function cloudTrailTexts(count: number, principals: number): readonly string[] {
  const { of, below, letters } = chance(7)
  return Array.from({ length: count }, (_, at) => {
    const [eventSource, eventName, , requestParameters] = of(deck)
    const who = below(principals)
    const name = `${of(['deploy', 'shop', 'ann', 'bob', 'etl'])}-${who}`
    return JSON.stringify({
      eventVersion: '1.09',
      userIdentity: identityOf(name, who % 3 === 0, letters(12, 'ABCDEFGHIJKLMNOP')),
      eventTime: `${new Date(startMs + at * 50).toISOString().slice(0, 19)}Z`,
      ...{ eventSource, eventName, awsRegion: 'eu-central-1' },
      ...{
        sourceIPAddress: `198.51.${100 + (who % 100)}.${who % 250}`,
        userAgent: of(agents),
        requestParameters,
      },
      ...(below(50) === 0 && { errorCode: 'AccessDenied', errorMessage: `User: ${name} is not authorized` }),
      responseElements: null,
      ...{ requestID: letters(32), eventID: `${letters(8)}-${letters(4)}-4${letters(3)}-${letters(12)}` },
      ...{
        readOnly: /^(?:Get|Describe|List)/.test(eventName),
        eventType: 'AwsApiCall',
        managementEvent: true,
      },
      ...{ recipientAccountId: account, eventCategory: 'Management' },
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: eventSource,
      },
    })
  })
}

function identityOf(name: string, isUser: boolean, key: string): object {
  const arn = `arn:aws:iam::${account}`
  if (isUser)
    return {
      type: 'IAMUser',
      principalId: `AIDA${key}`,
      arn: `${arn}:user/${name}`,
      accountId: account,
      accessKeyId: `AKIA${key}`,
      userName: name,
    }
  return {
    ...{
      type: 'AssumedRole',
      principalId: `AROA${key}:session`,
      accountId: account,
      accessKeyId: `ASIA${key}`,
    },
    arn: `arn:aws:sts::${account}:assumed-role/${name}/session`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: `AROA${key}`,
        arn: `${arn}:role/${name}`,
        accountId: account,
        userName: name,
      },
      attributes: { creationDate: '2026-01-05T00:00:00Z', mfaAuthenticated: 'false' },
    },
  }
}

/** Lines of flow logs, version 5: connections of machines with each other and with the world, both ways, and what knocks from outside. */
export function flowTexts(
  count: number,
  machines: number,
): { readonly format: string; readonly lines: readonly string[] } {
  const { of, below, letters } = chance(9)
  const format =
    'version account-id interface-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags flow-direction'
  const ids = Array.from({ length: machines }, () => letters(17))
  const lines: string[] = []
  while (lines.length < count) {
    const who = below(machines)
    const head = `5 ${account} eni-${ids[who]} i-${ids[who]}`
    const own = `10.${who >> 16}.${(who >> 8) & 255}.${who & 255}`
    const other =
      below(3) === 0 ? `10.0.9.${below(200)}` : `198.${51 + below(40)}.${below(250)}.${1 + below(250)}`
    const [port, away] = [of([443, 443, 443, 443, 80, 5432, 53, 6379, 22]), 32_768 + below(28_000)]
    const protocol = port === 53 ? 17 : 6
    const second = Math.floor(startMs / 1000) + Math.floor(lines.length / 100)
    const tail = `${second} ${second + 59}`
    if (below(10) === 0)
      lines.push(`${head} ${other} ${own} ${away} ${1 + below(60_000)} 6 1 44 ${tail} REJECT OK 2 ingress`)
    else {
      const packets = protocol === 17 ? 1 : 8 + below(60)
      lines.push(
        `${head} ${own} ${other} ${away} ${port} ${protocol} ${packets} ${packets * 180} ${tail} ACCEPT OK 3 egress`,
        `${head} ${other} ${own} ${port} ${away} ${protocol} ${packets} ${packets * 700} ${tail} ACCEPT OK 19 ingress`,
      )
    }
  }
  return { format, lines }
}

const names = [
  ...[
    'api.example.com',
    'shop.example.com',
    'sts.eu-central-1.amazonaws.com',
    'kms.eu-central-1.amazonaws.com',
  ],
  ...['registry.npmjs.org', 'pypi.org', 'github.com', 'objects.githubusercontent.com', 'deb.debian.org'],
  ...['d111111abcdef8.cloudfront.net', 'fonts.gstatic.com', 'login.microsoftonline.com', 'www.example.co.uk'],
]

/** Lines of a resolver's query log. */
export function dnsTexts(count: number, machines: number): readonly string[] {
  const { of, below, letters } = chance(11)
  return Array.from({ length: count }, (_, at) => {
    const who = below(machines)
    const name = below(5) === 0 ? `${letters(32)}.gr7.eu-central-1.eks.amazonaws.com.` : `${of(names)}.`
    return JSON.stringify({
      ...{ version: '1.100000', account_id: account, region: 'eu-central-1', vpc_id: 'vpc-0a1b2c3d' },
      query_timestamp: `${new Date(startMs + at * 10).toISOString().slice(0, 19)}Z`,
      ...{ query_name: name, query_type: of(['A', 'A', 'AAAA']), query_class: 'IN', rcode: 'NOERROR' },
      answers: [{ Rdata: `198.51.100.${below(250)}`, Type: 'A', Class: 'IN' }],
      ...{
        srcaddr: `10.${who >> 16}.${(who >> 8) & 255}.${who & 255}`,
        srcport: String(32_768 + below(28_000)),
      },
      ...{ transport: 'UDP', srcids: { instance: `i-${who.toString(16).padStart(17, '0')}` } },
    })
  })
}
