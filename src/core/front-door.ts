import type { AccessLogField } from './access-log-fields.ts'
import type { AccountId, Arn } from './arn.ts'

// What the edge is told: plain data, made from documents by the services that own them, sent to the edge's processes.
// Those hold no root key and no store: what a stranger's bytes may reach is what stands here.

/** One piece of the edge's configuration; a change sends the pieces that differ, by kind and id. */
export type EdgePart =
  | { readonly kind: 'front-door'; readonly id: Arn; readonly value: FrontDoor }
  | { readonly kind: 'target-group'; readonly id: Arn; readonly value: TargetGroup }
  | { readonly kind: 'web-acl'; readonly id: Arn; readonly value: GuardedWebACL }
  /** The addresses of an IP set, as CIDR blocks: by itself, so that a change of it compiles no web ACL anew. */
  | { readonly kind: 'address-set'; readonly id: Arn; readonly value: readonly string[] }

/** What listens for web requests: an application load balancer; later a distribution. */
export interface FrontDoor {
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly name: string
  /** Its DNSName: `<name>-<id>.<region>.elb.localhost`. */
  readonly hostName: string
  /** `app/<name>/<id>`: how records and metrics call it. */
  readonly resourceId: string
  readonly attributes: FrontDoorAttributes
  /** Who may connect; a connection that nothing here admits is closed before a byte is read. */
  readonly ingress: readonly IngressRule[]
  readonly listeners: readonly Listener[]
  /** The ARN of the web ACL that inspects its requests. */
  readonly webACL?: Arn | undefined
  /** Where it stands. */
  readonly network?: { readonly vpcId: string; readonly subnetIds: readonly string[] } | undefined
  /** Whether records of its requests and connections are kept: somebody detects threats in them, or logs its flows. */
  readonly observed?: boolean | undefined
  /** Where its access log goes besides. */
  readonly logDeliveries?: readonly LogDelivery[] | undefined
}

/** A delivery of a log to a log group, which the edge's processes do not know: they tell the lines by the delivery's ARN. */
export interface LogDelivery {
  readonly arn: Arn
  readonly format: 'plain' | 'json'
  readonly fields: readonly AccessLogField[]
  /** Between the fields of a plain line. */
  readonly delimiter: string
}

/** Source: ELBv2 API Reference, LoadBalancerAttribute. The defaults are AWS's. */
export interface FrontDoorAttributes {
  readonly idleTimeoutSec: number
  readonly clientKeepAliveSec: number
  readonly http2: boolean
  readonly dropInvalidHeaderFields: boolean
  readonly desyncMitigationMode: 'monitor' | 'defensive' | 'strictest'
  readonly preserveHostHeader: boolean
  /** What becomes of X-Forwarded-For. */
  readonly xffHeaderProcessing: 'append' | 'preserve' | 'remove'
  readonly xffClientPort: boolean
  /** Whether X-Amzn-Tls-Version and X-Amzn-Tls-Cipher-Suite are added. */
  readonly tlsVersionAndCipherHeaders: boolean
  readonly wafFailOpen: boolean
  readonly accessLogs?: LogPlace | undefined
}

/** Where a log is delivered: a bucket is a directory of that name. */
export interface LogPlace {
  readonly bucket: string
  readonly prefix: string
}

/** A rule of a security group that admits sources. */
export interface IngressRule {
  /** CIDR blocks, IPv4 and IPv6. */
  readonly sources: readonly string[]
  readonly fromPort: number
  readonly toPort: number
}

export interface Listener {
  readonly arn: Arn
  readonly port: number
  readonly protocol: 'HTTP' | 'HTTPS'
  /** Of HTTPS: the default one first, the others chosen by the client's server name. */
  readonly certificates: readonly Certificate[]
  readonly tls?: TlsPolicy | undefined
  /** By ascending priority; the default rule, without conditions, is the last. */
  readonly rules: readonly ListenerRule[]
  /** Headers that answers get, or lose (`Server`): the attributes `routing.http.response.*`. */
  readonly responseHeaders: readonly (readonly [name: string, value: string])[]
  /** False: answers of targets and of the balancer carry no `Server`. */
  readonly serverHeader: boolean
}

/** A certificate to serve with. Its private key is in the clear: what has one goes to the edge's processes alone, and into no record. */
export interface Certificate {
  readonly arn: Arn
  /** PEM: the certificate and its chain. */
  readonly chain: string
  /** PEM. */
  readonly privateKey: string
  /** The names it is for, `*.example.com` among them, in lower case. */
  readonly names: readonly string[]
}

/** Source: ELB User Guide for Application Load Balancers, "Security policies". */
export interface TlsPolicy {
  readonly name: string
  readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  /** In OpenSSL's names, in the order of preference. */
  readonly ciphers: readonly string[]
}

export interface ListenerRule {
  readonly arn: Arn
  readonly priority: number | 'default'
  /** All must hold. */
  readonly conditions: readonly RuleCondition[]
  /** Those that authenticate first, one that ends the request last. */
  readonly actions: readonly RuleAction[]
  /** Rewrites of what is forwarded, applied before the target is asked; regular expressions of the linear engine. */
  readonly transforms: readonly RuleTransform[]
}

/** Holds when one of the values does. Wildcards: `*` for any text, `?` for one character; `regex` is an expression. */
export type RuleCondition =
  | {
      readonly field: 'host-header' | 'path-pattern'
      readonly match: 'wildcard' | 'regex'
      readonly values: readonly string[]
    }
  | {
      readonly field: 'http-header'
      readonly name: string
      readonly match: 'wildcard' | 'regex'
      readonly values: readonly string[]
    }
  | { readonly field: 'http-request-method'; readonly values: readonly string[] }
  /** CIDR blocks, compared with the connection's source. */
  | { readonly field: 'source-ip'; readonly values: readonly string[] }
  | {
      readonly field: 'query-string'
      readonly values: readonly { readonly key?: string | undefined; readonly value: string }[]
    }

/** Source: ELBv2 API Reference, RuleTransform. */
export interface RuleTransform {
  readonly part: 'host-header' | 'url'
  readonly regex: string
  readonly replace: string
}

/** Source: ELBv2 API Reference, Action. */
export type RuleAction =
  | {
      readonly type: 'forward'
      readonly targetGroups: readonly { readonly arn: Arn; readonly weight: number }[]
      /** How long a client stays with a target group. Units: seconds. */
      readonly groupStickinessSec?: number | undefined
    }
  | {
      readonly type: 'redirect'
      readonly statusCode: 301 | 302
      /** With `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}` to be filled in. */
      readonly protocol: string
      readonly host: string
      readonly port: string
      readonly path: string
      readonly query: string
    }
  | {
      readonly type: 'fixed-response'
      readonly statusCode: number
      readonly contentType?: string | undefined
      readonly body?: string | undefined
    }
  | OidcAction

/** Source: ELBv2 API Reference, AuthenticateOidcActionConfig. */
export interface OidcAction {
  readonly type: 'authenticate-oidc'
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly userInfoEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly sessionCookieName: string
  readonly sessionTimeoutSec: number
  readonly scope: string
  readonly extraParams: readonly (readonly [name: string, value: string])[]
  readonly onUnauthenticatedRequest: 'deny' | 'allow' | 'authenticate'
}

export interface TargetGroup {
  readonly arn: Arn
  readonly name: string
  /** `targetgroup/<name>/<id>`: how records and metrics call it. */
  readonly resourceId: string
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly protocolVersion: 'HTTP1' | 'HTTP2' | 'GRPC'
  readonly algorithm: 'round_robin' | 'least_outstanding_requests' | 'weighted_random'
  readonly slowStartSec: number
  readonly stickiness?:
    | { readonly type: 'lb_cookie'; readonly durationSec: number }
    | { readonly type: 'app_cookie'; readonly cookieName: string; readonly durationSec: number }
    | undefined
  /** Those that may get requests, or still finish some. */
  readonly targets: readonly Target[]
}

export interface Target {
  /** An IP address. */
  readonly address: string
  readonly port: number
  readonly availabilityZone: string
  /**
   * `healthy` targets share what comes; when there is none, `initial` and `unhealthy` ones do (AWS fails open here). `draining` ones
   * finish what they have.
   */
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining'
  /** Since when it is healthy, for the slow start. Milliseconds since 1970. */
  readonly healthySinceMs?: number | undefined
}

/** A web ACL with all that it refers to, save IP sets. */
export interface GuardedWebACL {
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly name: string
  readonly scope: 'REGIONAL' | 'CLOUDFRONT'
  /** As AWS writes it: what `compileWebACL` reads. */
  readonly acl: unknown
  /** Rule groups by ARN, as `compileWebACL` reads them (RuleGroupSource). */
  readonly ruleGroups: Readonly<Record<string, unknown>>
  /** Patterns by the set's ARN. */
  readonly regexPatternSets: Readonly<Record<string, readonly string[]>>
  /** The ARNs of the IP sets that it and its groups refer to; each comes as a part of its own. */
  readonly addressSets: readonly Arn[]
  /** How much of a body is inspected: 8,192 for a load balancer. */
  readonly bodyBytesMax: number
  /** Domains for which a token of this web ACL is good besides the request's own. */
  readonly tokenDomains: readonly string[]
  readonly logging?: WebACLLogging | undefined
}

/** Source: WAFV2 API, LoggingConfiguration. */
export interface WebACLLogging {
  /** Absent where it goes to a log group, which the edge's processes do not know: they tell the lines by the web ACL's ARN. */
  readonly place?: LogPlace | undefined
  /** Fields to match whose values are replaced by REDACTED: `uri-path`, `query-string`, `method`, or a header's lower-case name. */
  readonly redact: {
    readonly uriPath: boolean
    readonly queryString: boolean
    readonly method: boolean
    readonly headers: readonly string[]
  }
  readonly filter?:
    | {
        readonly defaultKeep: boolean
        readonly filters: readonly {
          readonly keep: boolean
          readonly meetsAll: boolean
          readonly conditions: readonly ({ readonly action: string } | { readonly label: string })[]
        }[]
      }
    | undefined
}
