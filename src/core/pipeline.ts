import { type Codec, type HttpRequest, type HttpResponse, type OperationModel, route, WireFault } from '#wire/index.ts'
import { type AccountId } from './arn.ts'
import type { Authorize } from './access/authorizer.ts'
import type { AuditTrail } from './audit.ts'
import type { Authenticate } from './authentication.ts'
import type { Call, Envelope } from './call.ts'
import type { Caller, SignedCaller } from './caller.ts'
import { Fault } from './fault.ts'
import type { Log } from './log.ts'
import { type Access, type Operation, openToAnyAuthenticatedCaller, openToAnybody } from './operation.ts'
import { assertPresent } from './resource.ts'
import type { Service } from './service.ts'
import type { Store, Transaction } from './store/index.ts'
import type { World } from './world.ts'

/** An HTTP request with what its connection tells. */
export interface Incoming extends HttpRequest {
  readonly sourceIp: string
  readonly secureTransport: boolean
}

/**
 * One API call's way: find the service and operation → verify the signature → decode and validate → find the target →
 * authorize → run in a transaction → record → encode. Source: ARCHITECTURE.md, "The life of a call".
 * INVARIANT: one function, one order; nothing turns a step off.
 */
export type Pipeline = (request: Incoming) => HttpResponse | Promise<HttpResponse>

interface Parts {
  readonly world: World
  readonly store: Store
  readonly services: ReadonlyMap<string, Service>
  readonly authenticate: Authenticate
  readonly authorize: Authorize
  readonly audit: AuditTrail
  readonly log: Log
  readonly partition: string
}
