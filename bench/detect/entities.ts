/** Records that make detectors remember: of so many principals, machines, strangers and clients each something that is worth it. */
import type { CloudTrailRecord, Detection, DnsRecord, FlowRecord, WebRecord } from '#engines/detect/index.ts'

const accountId = '111122223333'
const startMs = Date.UTC(2026, 0, 5)

export function rememberAll({ see }: Detection, entities: number): void {
  for (let at = 0; at < entities; at += 1) {
    for (const record of cloudTrailOf(at)) see('cloudTrail', record)
    for (const record of flowsOf(at)) see('flow', record)
    for (const record of queriesOf(at)) see('dns', record)
    for (const record of requestsOf(at)) see('web', record)
  }
}

/** What anomalies and sequences look at: reading, writing, a refusal, a login. */
const calls = [
  ['ec2', 'DescribeInstances', undefined],
  ['iam', 'ListUsers', undefined],
  ['s3', 'GetObject', undefined],
  ['iam', 'CreateAccessKey', 'AccessDenied'],
  ['sts', 'GetCallerIdentity', undefined],
] as const

function cloudTrailOf(at: number): readonly CloudTrailRecord[] {
  return calls.map(([service, eventName, errorCode], index) => ({
    eventID: `call-${at}-${index}`,
    eventTime: new Date(startMs + at * 1000 + index).toISOString(),
    ...{ eventSource: `${service}.amazonaws.com`, eventName, awsRegion: 'eu-central-1' },
    ...{ recipientAccountId: accountId, sourceIPAddress: addressOf(at), userAgent: 'aws-cli/2.15.30' },
    ...(errorCode !== undefined && { errorCode }),
    userIdentity: {
      ...{ type: 'IAMUser', userName: `user-${at}`, accountId, accessKeyId: `AKIA${at}` },
      arn: `arn:aws:iam::${accountId}:user/user-${at}`,
    },
    requestParameters: null,
  }))
}

function addressOf(at: number): string {
  return `198.${51 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`
}

/** A probe, an attempt at a login, a flood, mail, ports and resolvers: what each detector of flows remembers. */
const flows: readonly Partial<FlowRecord>[] = [
  { dstport: 6379, packets: 1, bytes: 44, flowDirection: 'ingress' },
  { dstport: 6380, packets: 1, bytes: 44, flowDirection: 'ingress' },
  { dstport: 22, packets: 12, bytes: 2400, flowDirection: 'ingress' },
  { dstport: 1433, packets: 1, bytes: 44, flowDirection: 'egress' },
  { dstport: 1434, packets: 1, bytes: 44, flowDirection: 'egress' },
  { dstport: 25, packets: 40, bytes: 9000, flowDirection: 'egress' },
  { dstport: 8443, packets: 40, bytes: 9000, flowDirection: 'egress' },
  { dstport: 53, protocol: 17, packets: 200, bytes: 9000, flowDirection: 'egress' },
]

function flowsOf(at: number): readonly FlowRecord[] {
  const [own, other] = [`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, addressOf(at)]
  return flows.map((flow, index) => {
    const isIn = flow.flowDirection === 'ingress'
    return {
      ...{ accountId, interfaceId: `eni-${at}`, instanceId: `i-${at.toString(16).padStart(17, '0')}` },
      ...{ srcaddr: isIn ? other : own, dstaddr: isIn ? own : other, srcport: 40_000 + index, dstport: 443 },
      ...{ protocol: 6, packets: 1, bytes: 44, action: 'ACCEPT' as const },
      ...{ startMs: startMs + at, endMs: startMs + at + index },
      ...flow,
    }
  })
}

/** A generated name, and two pieces of a tunnel. */
function queriesOf(at: number): readonly DnsRecord[] {
  const made = `xq${(at * 7919).toString(36)}zkvw${at.toString(36)}qj`
  return [`${made}.com`, `${made}${made}.t.example-${at}.net`, `${made}${made}x.t.example-${at}.net`].map(
    (queryName, index) => ({
      ...{ accountId, atMs: startMs + at * 10 + index, queryName, queryType: 'A', rcode: 'NXDOMAIN' },
      ...{ answers: [], srcaddr: '10.0.0.5', instanceId: `i-${at.toString(16).padStart(17, '0')}` },
    }),
  )
}

/** A page that is not there, a blocked injection, and a login that fails. */
function requestsOf(at: number): readonly WebRecord[] {
  const request: WebRecord = {
    ...{ accountId, atMs: startMs + at * 10, requestId: `${at}`, clientIp: addressOf(at) },
    resourceArn: `arn:aws:elasticloadbalancing:eu-central-1:${accountId}:loadbalancer/app/shop/50dc6c495c0c9188`,
    ...{ method: 'GET', host: 'shop.example', path: `/${at}`, status: 404, action: 'ALLOW', labels: [] },
  }
  return [
    request,
    {
      ...{ ...request, requestId: `${at}-2`, action: 'BLOCK', status: 403 },
      labels: ['awswaf:managed:aws:sql-database:SQLi_Body'],
    },
    { ...request, requestId: `${at}-3`, method: 'POST', path: '/login', status: 401 },
  ]
}
