/**
 * A record of CloudTrail, as far as detectors read it. Whoever sends a request chooses what stands in some of the fields: each is looked at before
 * it is used.
 * Source: CloudTrail User Guide, "CloudTrail record contents".
 */
export interface CloudTrailRecord {
  readonly eventID?: string
  readonly eventTime: string
  readonly eventSource: string
  readonly eventName: string
  readonly awsRegion: string
  readonly recipientAccountId?: string
  readonly sourceIPAddress?: string
  readonly userAgent?: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly readOnly?: boolean
  readonly managementEvent?: boolean
  readonly eventType?: string
  readonly eventCategory?: string
  /** `"true"` where the call was made in the console. */
  readonly sessionCredentialFromConsole?: string | boolean
  readonly vpcEndpointId?: string
  readonly userIdentity?: UserIdentity
  readonly requestParameters?: Readonly<Record<string, unknown>> | null
  readonly responseElements?: Readonly<Record<string, unknown>> | null
  readonly additionalEventData?: Readonly<Record<string, unknown>> | null
  readonly resources?: readonly {
    readonly ARN?: string
    readonly type?: string
    readonly accountId?: string
  }[]
}

/** Source: CloudTrail User Guide, "CloudTrail userIdentity element". */
export interface UserIdentity {
  readonly type?: string
  readonly principalId?: string
  readonly arn?: string
  readonly accountId?: string
  readonly accessKeyId?: string
  readonly userName?: string
  readonly invokedBy?: string
  readonly sessionContext?: {
    readonly attributes?: { readonly creationDate?: string; readonly mfaAuthenticated?: string | boolean }
    readonly sessionIssuer?: {
      readonly type?: string
      readonly principalId?: string
      readonly arn?: string
      readonly accountId?: string
      readonly userName?: string
    }
    readonly ec2RoleDelivery?: string
    /** A root session that a management account took for a member by AssumeRoot. */
    readonly assumedRoot?: string | boolean
  }
}

/**
 * A flow of packets in one direction, within an aggregation interval.
 * Units: `startMs`, `endMs` in milliseconds; `protocol` is IANA's number. Source: VPC User Guide, "Flow log records", "Available fields".
 */
export interface FlowRecord {
  readonly accountId: string
  /** Every Region's where it is absent. */
  readonly region?: string | undefined
  readonly interfaceId: string
  /** What the interface belongs to: an instance, a function, a load balancer. */
  readonly instanceId?: string | undefined
  readonly vpcId?: string | undefined
  readonly srcaddr: string
  readonly dstaddr: string
  readonly srcport: number
  readonly dstport: number
  readonly protocol: number
  readonly packets: number
  readonly bytes: number
  readonly startMs: number
  readonly endMs: number
  readonly action: 'ACCEPT' | 'REJECT'
  /** As seen from the interface; told by the addresses where it is absent. */
  readonly flowDirection?: 'ingress' | 'egress' | undefined
  readonly tcpFlags?: number | undefined
}

/** A query and its answer. Source: Route 53 Developer Guide, "Values that appear in VPC Resolver query logs". */
export interface DnsRecord {
  readonly accountId: string
  /** Every Region's where it is absent. */
  readonly region?: string | undefined
  readonly vpcId?: string | undefined
  readonly atMs: number
  /** Lower case, without the dot at the end. */
  readonly queryName: string
  readonly queryType: string
  readonly rcode: string
  readonly answers: readonly { readonly rdata: string; readonly type: string }[]
  readonly srcaddr: string
  readonly transport?: string | undefined
  readonly instanceId?: string | undefined
  /** A rule of a DNS firewall stopped it. */
  readonly blocked?: boolean | undefined
}

/** A request at a front door, and what became of it: what a load balancer's access log and its web ACL's log say together. */
export interface WebRecord {
  readonly accountId: string
  readonly atMs: number
  readonly requestId: string
  /** The load balancer. */
  readonly resourceArn: string
  readonly webACLArn?: string | undefined
  readonly clientIp: string
  readonly method: string
  readonly host: string
  /** As it was sent, without the query. */
  readonly path: string
  readonly userAgent?: string | undefined
  /** What the client was answered; absent where it was not. */
  readonly status?: number | undefined
  /** The web ACL's; absent where none stands before the door. */
  readonly action?: 'ALLOW' | 'BLOCK' | 'CAPTCHA' | 'CHALLENGE' | undefined
  readonly terminatingRuleId?: string | undefined
  /** `RATE_BASED` where a client sent too much. Source: WAF Developer Guide, "Log fields", terminatingRuleType. */
  readonly terminatingRuleType?: string | undefined
  /** Labels that rules put on it. */
  readonly labels: readonly string[]
}

/** What a detector can see: records of a source, or the signals of other detectors. */
export interface Sources {
  readonly cloudTrail: CloudTrailRecord
  readonly flow: FlowRecord
  readonly dns: DnsRecord
  readonly web: WebRecord
}
/** What records come from: one kind of record each. */
export type Source = keyof Sources
/** All of them, for whoever goes through them. */
export const sources = ['cloudTrail', 'flow', 'dns', 'web'] as const satisfies readonly Source[]
