import type { AccountId } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type { SegmentCursor } from '#telemetry/index.ts'

// What EC2 stores. The id of a document is the thing's own; it stands in its account and region. Until the first change of an account's
// network in a region there are no documents: see defaults.ts.

/** The kinds of things here, as ARNs and tag specifications spell them. */
export type Kind = 'vpc' | 'subnet' | 'security-group' | 'security-group-rule' | 'vpc-flow-log'

export interface Vpc {
  readonly vpcId: string
  /** Canonical: the network's own address. */
  readonly cidrBlock: string
  readonly associationId: string
  readonly isDefault: boolean
  readonly tenancy: 'default' | 'dedicated'
  readonly attributes: VpcAttributes
  readonly tags: Tags
}

/** Source: EC2 API Reference, ModifyVpcAttribute. Nothing here reads them. */
export interface VpcAttributes {
  readonly enableDnsSupport: boolean
  readonly enableDnsHostnames: boolean
  readonly enableNetworkAddressUsageMetrics: boolean
}

export interface Subnet {
  readonly subnetId: string
  readonly vpcId: string
  readonly cidrBlock: string
  readonly zoneName: string
  readonly zoneId: string
  readonly defaultForAz: boolean
  readonly mapPublicIpOnLaunch: boolean
  readonly tags: Tags
}

export interface SecurityGroup {
  readonly groupId: string
  readonly groupName: string
  readonly description: string
  readonly vpcId: string
  readonly rules: readonly Rule[]
  readonly tags: Tags
}

/** One rule: one peer. */
export interface Rule extends Traffic {
  readonly ruleId: string
  readonly tags: Tags
}

/** What a rule lets through, and from or to whom. */
export interface Traffic {
  readonly egress: boolean
  /** `tcp`, `udp`, `icmp`, `icmpv6`, the number of another protocol, or `-1` for all. */
  readonly protocol: string
  /** The first port; the type of ICMP, -1 for all. Absent where the protocol has none. */
  readonly fromPort?: number | undefined
  /** The last port; the code of ICMP, -1 for all. */
  readonly toPort?: number | undefined
  readonly peer: Peer
  readonly description?: string | undefined
}

export type Peer =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: string }
  | { readonly kind: 'group'; readonly groupId: string }

/** Which flows are told of, and where. */
export interface FlowLog {
  readonly flowLogId: string
  readonly account: AccountId
  readonly region: string
  readonly resourceType: 'VPC' | 'Subnet'
  readonly resourceId: string
  readonly trafficType: 'ACCEPT' | 'REJECT' | 'ALL'
  readonly destination:
    | {
        readonly kind: 'bucket'
        /** As it was given, with the prefix. */
        readonly arn: string
        readonly bucket: string
        readonly prefix: string
        /** `year=2026/month=01` for `2026/01`. */
        readonly hive: boolean
        readonly hourly: boolean
      }
    | {
        readonly kind: 'group'
        readonly arn: string
        readonly groupName: string
        readonly roleArn: string
      }
  readonly format: string
  readonly intervalSec: number
  readonly clientToken?: string | undefined
  readonly createdAtMs: number
  /** How far delivery has come. */
  readonly cursor: SegmentCursor
  /** Why the last delivery failed, where it did. */
  readonly error?: string | undefined
  readonly tags: Tags
}

/** Says that a region's network was written out once, and is from then on what its documents say; the id is `settled`. */
export interface Settlement {
  readonly settledAtMs: number
}

export const vpcs = collection<Vpc>({ service: 'ec2', type: 'vpc' })

export const subnets = collection<Subnet>({ service: 'ec2', type: 'subnet' })

export const securityGroups = collection<SecurityGroup>({ service: 'ec2', type: 'security-group' })

export const settlements = collection<Settlement>({ service: 'ec2', type: 'settlement' })

export const flowLogs = collection<FlowLog>({
  service: 'ec2',
  type: 'flow-log',
  moved: (flowLog) => ({ ...flowLog, cursor: {} }),
})
