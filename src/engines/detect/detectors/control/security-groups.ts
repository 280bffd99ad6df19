import { isWide } from '../../reading/conditions.ts'
import { items, text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Policy:EC2/AdminPortOpenedToInternet'

/** Where machines are administrated, and where data lie: nobody on the internet has business there. Source: IANA, service names and port numbers. */
const ports: readonly number[] = [
  ...[22, 23, 135, 139, 445, 2375, 2376, 3389, 5900, 5985, 5986, 6443, 10250],
  ...[1433, 1521, 2379, 3306, 5432, 5984, 6379, 8086, 9042, 9200, 9300, 11211, 27017],
]

/** What a rule opens, and to whom. */
interface Opening {
  readonly protocol: string
  readonly from: number
  readonly to: number
  readonly ranges: readonly string[]
}

/** A port of administration, or of a database, is opened to the internet. Source: EC2 API Reference, AuthorizeSecurityGroupIngress. */
export const securityGroups = callDetector({
  name: 'security-groups',
  events: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules'],
  finds: {
    [type]: {
      severity: 6,
      title: 'The port {port} was opened to the internet in {group}.',
      description: '{userName} opened {protocol} port {port} of the security group {group} to {range}.',
      remediation: undo(
        'Close it again.',
        'aws ec2 revoke-security-group-ingress --group-id {group} --protocol {protocol} --port {port} --cidr {range} --region {region}',
      ),
    },
  },
  see(record) {
    const { requestParameters } = record
    const opening = openingsOf(record).find((one) => portOf(one) !== undefined && one.ranges.some(isWide))
    if (opening === undefined) return undefined
    const group =
      text(requestParameters, 'groupId') ??
      text(requestParameters, ...asQuery, 'GroupId') ??
      text(requestParameters, 'groupName') ??
      ''
    const { protocol, from, to } = opening
    const all = protocol === '-1'
    const values = {
      ...{ group, range: opening.ranges.find(isWide) ?? '', protocol: all ? 'all' : protocol },
      port: all ? 'all' : from === to ? String(from) : `${from}-${to}`,
    }
    return { type, about: group, values }
  },
})

function portOf({ protocol, from, to }: Opening): number | undefined {
  if (protocol === '-1') return ports[0]
  if (protocol !== 'tcp' && protocol !== '6') return undefined
  return ports.find((port) => from <= port && port <= to)
}

/** How CloudTrail writes some calls of EC2: as they came, with the names of the query. */
const asQuery = ['ModifySecurityGroupRulesRequest'] as const

/** A rule may be written flat, as a list, or as the change of one that is. */
function openingsOf({ requestParameters }: CloudTrailRecord): readonly Opening[] {
  return [
    ...items(requestParameters, 'ipPermissions').map(permission),
    ...(text(requestParameters, 'cidrIp') === undefined ? [] : [permission(requestParameters)]),
    ...list(value(requestParameters, ...asQuery, 'SecurityGroupRule')).map((change) =>
      changed(value(change, 'SecurityGroupRule'), [
        'CidrIpv4',
        'CidrIpv6',
        'IpProtocol',
        'FromPort',
        'ToPort',
      ]),
    ),
    ...items(requestParameters, 'securityGroupRules').map((change) =>
      changed(value(change, 'securityGroupRule'), [
        'cidrIpv4',
        'cidrIpv6',
        'ipProtocol',
        'fromPort',
        'toPort',
      ]),
    ),
  ]
}

function list(from: unknown): readonly unknown[] {
  if (from === undefined) return []
  return Array.isArray(from) ? from : [from]
}

function permission(from: unknown): Opening {
  return {
    protocol: String(value(from, 'ipProtocol')),
    ...range(value(from, 'fromPort'), value(from, 'toPort')),
    ranges: [
      ...items(from, 'ipRanges').map((one) => text(one, 'cidrIp') ?? ''),
      ...items(from, 'ipv6Ranges').map((one) => text(one, 'cidrIpv6') ?? ''),
      text(from, 'cidrIp') ?? '',
    ].filter((one) => one !== ''),
  }
}

type Names = readonly [cidrIpv4: string, cidrIpv6: string, protocol: string, from: string, to: string]

function changed(rule: unknown, [v4, v6, protocol, from, to]: Names): Opening {
  return {
    protocol: String(value(rule, protocol)),
    ...range(value(rule, from), value(rule, to)),
    ranges: [text(rule, v4) ?? '', text(rule, v6) ?? ''].filter((one) => one !== ''),
  }
}

function range(from: unknown, to: unknown) {
  return { from: Number(from ?? 0), to: Number(to ?? 65_535) }
}
