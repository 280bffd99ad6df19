import assert from 'node:assert/strict'
import { type HttpRequest, type HttpResponse, type OperationRoute, route, WireFault } from '#wire/index.ts'
import { type AuthenticationFailure, type Claim, readClaim } from '#wire/sigv4/index.ts'
import type { Authorize } from './access/authorizer.ts'
import type { Denial } from './access/denial.ts'
import type { AuditTrail } from './audit.ts'
import { auditRecipients } from './audit-recipients.ts'
import { type Authenticate, authenticationFault } from './authentication.ts'
import { encodeDenial } from './authorization-message.ts'
import type { Envelope } from './call.ts'
import type { AnonymousCaller, SignedCaller } from './caller.ts'
import { Fault } from './fault.ts'
import { uuid } from './ids.ts'
import type { Log } from './log.ts'
import { type Access, openToAnyAuthenticatedCaller, openToAnybody, type Operation } from './operation.ts'
import { assertPresent } from './resource.ts'
import type { Seal } from './seal/index.ts'
import type { Service } from './service.ts'
import { sessionRefusal } from './session-limits.ts'
import type { Store, Transaction } from './store/index.ts'
import type { World } from './world.ts'

/** An HTTP request with what its connection tells. */
export interface Incoming extends HttpRequest {
  readonly rawHeaders: readonly string[]
  readonly sourceIp: string
  readonly secureTransport: boolean
}

/** Answers one API call. It never rejects: whatever goes wrong becomes an answer in the caller's protocol. */
export type Pipeline = (request: Incoming) => HttpResponse | Promise<HttpResponse>

interface Parts {
  readonly world: World
  readonly store: Store
  readonly seal: Seal
  readonly services: ReadonlyMap<string, Service>
  readonly authenticate: Authenticate
  readonly authorize: Authorize
  readonly audit: AuditTrail
  /** Hears of every verified signature: whose credentials were used, when and for what. */
  readonly onUse: (caller: SignedCaller, envelope: Envelope) => void
  readonly log: Log
  /** `aws`, `aws-cn` … Source: docs/decisions, "One partition a deployment". */
  readonly partition: string
}

/** What is known of a call; each step fills in what it found. */
interface Progress {
  readonly envelope: Envelope
  readonly route: OperationRoute
  caller: SignedCaller | AnonymousCaller
  input: unknown
  access: readonly Access[]
  /** The sealed explanation of a denial, for whoever may decode it. */
  encodedDenial?: string
}

/**
 * Makes the way of an API call: find the operation → verify the signature → decode and validate → find the target →
 * authorize → run in a transaction → record → encode. Source: ARCHITECTURE.md, "The life of a call".
 * INVARIANT: one order, and nothing turns a step off (pipeline.test.ts).
 */
export function createPipeline({
  world,
  store,
  seal,
  services,
  authenticate,
  authorize,
  audit,
  onUse,
  log,
  partition,
}: Parts): Pipeline {
  return (request) => {
    const behind = store.catchUp()
    return behind ? behind.then(() => handle(request)) : handle(request)
  }

  function handle(request: Incoming): HttpResponse | Promise<HttpResponse> {
    const requestId = uuid(world.randomBytes)
    const claim = readClaim(request)
    const found = route(request, claim.ok ? claim.scope.service : undefined)
    if (found.kind === 'refused') return found.codec.encodeFault(found.service, found.fault, requestId)

    const envelope = envelopeOf(request, found, claim, requestId)
    const progress: Progress = {
      envelope,
      route: found,
      caller: { kind: 'anonymous' },
      input: undefined,
      access: [],
    }
    try {
      const operation = services.get(found.service)?.operations.get(found.operation.name)
      const body = identify(progress, request, claim, operation)
      if (!operation) throw notImplemented(envelope)
      progress.input = found.codec.decode(
        found.operation,
        body === request.body ? request : { ...request, body },
      )
      return operation.declaration.prepare
        ? prepareAndSettle(progress, operation)
        : settle(progress, operation, undefined)
    } catch (error) {
      return refuse(progress, error)
    }
  }

  function envelopeOf(
    request: Incoming,
    found: OperationRoute,
    claim: Claim | AuthenticationFailure,
    requestId: string,
  ): Envelope {
    return {
      requestId,
      service: found.service,
      operation: found.operation.name,
      nowMs: world.nowMs(),
      region: (claim.ok && claim.scope.region) || 'us-east-1',
      partition,
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
      referer: request.headers['referer'],
      secureTransport: request.secureTransport,
      calledVia: [],
    }
  }

  /** Verifies who calls; gives the body without its chunk signatures. */
  function identify(
    progress: Progress,
    request: Incoming,
    claim: Claim | AuthenticationFailure,
    operation: Operation | undefined,
  ): Uint8Array {
    const unsigned = !claim.ok && claim.reason === 'MissingAuthenticationToken'
    if (unsigned && operation?.declaration.access === openToAnybody) return request.body
    const verified = claim.ok ? authenticate(request, claim, progress.envelope) : claim
    if (!verified.ok) throw authenticationFault(verified)
    progress.caller = verified.caller
    onUse(verified.caller, progress.envelope)
    const refusal = sessionRefusal(verified.caller, progress.envelope.service)
    if (refusal) throw refusal
    return verified.body
  }

  async function prepareAndSettle(progress: Progress, operation: Operation): Promise<HttpResponse> {
    try {
      const { call, target } = admit(progress, operation, store.begin())
      const prepared = await operation.declaration.prepare?.({ target, input: progress.input, call })
      return await settle(progress, operation, prepared)
    } catch (error) {
      return refuse(progress, error)
    }
  }

  /** Runs the operation in a transaction. What changed nothing is answered at once, what did when it is on disk. */
  function settle(
    progress: Progress,
    operation: Operation,
    prepared: unknown,
  ): HttpResponse | Promise<HttpResponse> {
    const attempt = (tx: Transaction): HttpResponse => {
      const { call, caller, target } = admit(progress, operation, tx)
      const output = operation.declaration.run({ target, input: progress.input, call, prepared }) ?? {}
      for (const record of recordsOf(progress, caller, output, undefined)) {
        if (tx.wrote) tx.record(record)
        else audit.append(record)
      }
      return progress.route.codec.encode(progress.route.operation, output, progress.envelope.requestId)
    }
    const tx = store.begin()
    const response = attempt(tx)
    if (!tx.wrote) return response
    return store.submit(tx, response, attempt).catch((error: unknown) => refuse(progress, error))
  }

  /** Finds the target and lets the caller at it, or throws the denial; only then tells whether it exists. */
  function admit(progress: Progress, operation: Operation, tx: Transaction) {
    const { envelope, caller, input } = progress
    const { access, target: find } = operation.declaration
    assert.ok(caller.kind !== 'anonymous', 'no operation is open to anybody yet')
    const call = operation.enter({
      ...envelope,
      caller,
      account: caller.account,
      tx,
      randomBytes: world.randomBytes,
      seal,
    })
    const target = find?.(input, call)
    if (typeof access === 'function') {
      progress.access = access(target, input, call)
      assert.ok(progress.access.length > 0, `${operation.name} declares an access of nothing`)
      const denial = authorize(call, progress.access)
      if (denial) {
        progress.encodedDenial = encodeDenial(seal, call, denial)
        throw denialFault(progress.route, denial, progress.encodedDenial)
      }
    } else assert.ok(access === openToAnyAuthenticatedCaller || access === openToAnybody)
    assertPresent(target)
    return { call, caller, target }
  }

  /** Turns whatever went wrong into an answer and a record; only here. */
  function refuse(progress: Progress, error: unknown): HttpResponse {
    const { envelope, route, caller } = progress
    const fault = error instanceof WireFault ? error : internalFailure(envelope, error)
    if (caller.kind === 'anonymous') {
      const { requestId, sourceIp } = envelope
      log({ level: 'info', event: 'unauthenticated', requestId, code: fault.code, sourceIp })
    } else for (const record of recordsOf(progress, caller, undefined, fault)) audit.append(record)
    return route.codec.encodeFault(envelope.service, fault, envelope.requestId)
  }

  /** The records that a call leaves: one in the trail of each account that it concerns. */
  function recordsOf(
    progress: Progress,
    caller: SignedCaller,
    output: unknown,
    fault: WireFault | undefined,
  ): readonly string[] {
    const { envelope, input, access, encodedDenial } = progress
    const additionalEventData =
      encodedDenial === undefined ? undefined : { encodedAuthorizationMessage: encodedDenial }
    const call = {
      envelope,
      caller,
      account: caller.account,
      input,
      output,
      fault,
      access,
      additionalEventData,
    }
    return auditRecipients(call).map((account) => audit.record({ ...call, account }))
  }

  function internalFailure({ requestId, service, operation }: Envelope, error: unknown): Fault {
    const stack = error instanceof Error ? error.stack : String(error)
    log({ level: 'error', event: 'bug', requestId, service, operation, stack })
    return new Fault(
      'InternalFailure',
      'The request processing has failed because of an unknown error, exception or failure.',
    )
  }
}

/** EC2 hands its callers the sealed explanation. Source: EC2 API Reference, "Error codes", UnauthorizedOperation. */
function denialFault({ codec }: OperationRoute, { message }: Denial, encodedDenial: string): Fault {
  const encoded = codec.protocol === 'ec2' ? `. Encoded authorization failure message: ${encodedDenial}` : ''
  return new Fault('AccessDenied', `${message}${encoded}`)
}

function notImplemented({ service, operation }: Envelope): Fault {
  return new Fault(
    'NotImplemented',
    `${service}:${operation} is not implemented yet; docs/coverage.md lists what is.`,
  )
}
