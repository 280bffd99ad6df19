import type { FrontDoor, GuardedWebACL, Listener, ListenerRule, TargetGroup } from '#core/front-door.ts'
import type { TokenFailure, Verdict } from '#engines/waf/index.ts'
import type { EdgeRequest, Header } from './request.ts'

/** One web request that has been answered, or whose client has gone: access log, WAF log, samples and metrics follow from it. */
export interface RequestRecord {
  readonly frontDoor: FrontDoor
  readonly listener: Listener
  /** Absent where the web ACL, or a malformed request, ended it before any rule was looked at. */
  readonly rule?: ListenerRule | undefined
  readonly request: EdgeRequest
  readonly judgement?: Judgement | undefined
  /** In the order executed. */
  readonly actions: readonly (
    'waf' | 'waf-failed' | 'authenticate' | 'forward' | 'redirect' | 'fixed-response'
  )[]
  readonly target?:
    | {
        readonly group: TargetGroup
        /** `10.0.0.1:80`. */
        readonly address: string
        readonly availabilityZone: string
        /** Absent where it gave no answer. */
        readonly statusCode?: number | undefined
        /** Why there was none. */
        readonly error?: 'connect' | 'reset' | 'timeout' | 'malformed' | undefined
      }
    | undefined
  readonly redirectUrl?: string | undefined
  /** 460 where the client went away. */
  readonly statusCode: number
  /** `WAFRejected`, `AuthInvalidStateParam`: the access log's error_reason. */
  readonly errorReason?: string | undefined
  readonly classification: {
    readonly is: 'Acceptable' | 'Ambiguous' | 'Severe'
    readonly reason?: string | undefined
  }
  /** X-Amzn-Trace-Id. */
  readonly traceId: string
  readonly answeredAtMs: number
  /** Seconds; -1 where it did not come to that. */
  readonly requestProcessingSec: number
  readonly targetProcessingSec: number
  readonly responseProcessingSec: number
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** What a web ACL said of a request. */
export interface Judgement {
  readonly webACL: GuardedWebACL
  readonly verdict: Verdict
  /** ISO 3166-1 alpha-2 of the client's address; `-` where it is not known. */
  readonly country: string
  /** The bytes inspected of the body, and whether there were more. */
  readonly bodyBytes: number
  /** What the request's token said, where a CAPTCHA or a challenge was asked. */
  readonly token?:
    { readonly solvedAtMs?: number | undefined; readonly failure?: TokenFailure | undefined } | undefined
  readonly insertedHeaders: readonly Header[]
  /** Where the web ACL ended the request. */
  readonly responseCodeSent?: number | undefined
}

/** Takes what the edge's data path tells; it never throws and never waits. */
export interface Recorder {
  readonly request: (record: RequestRecord) => void
  /** A client's connection has ended. */
  readonly connection: (record: ConnectionRecord) => void
}

/** A client's connection that has ended. */
export interface ConnectionRecord {
  /** The port by which doors are looked up. */
  readonly port: number
  /** The edge's side. */
  readonly localAddress: string
  readonly address: string
  readonly clientPort: number
  readonly openedAtMs: number
  readonly closedAtMs: number
  /** As they went over the wire, those of TLS included. */
  readonly receivedBytes: number
  readonly sentBytes: number
  /** False: no security group behind the port admits the source. */
  readonly admitted: boolean
}
