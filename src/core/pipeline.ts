import { isDiskError } from './disk-error.ts'
import assert from 'node:assert/strict'
import {
  type HttpRequest,
  type HttpResponse,
  type OperationRoute,
  type Protocol,
  route,
  type ServiceName,
  WireFault,
} from '#wire/index.ts'
import {
  type AuthenticationFailure,
  authenticationFailure,
  type Claim,
  isSignedFor,
  readClaim,
  regionOf,
} from '#wire/sigv4/index.ts'
import type { AccountId } from './arn.ts'
import type { Authorize } from './access/authorizer.ts'
import type { Denial } from './access/denial.ts'
import type { AuditTrail } from './audit.ts'
import { auditRecipients } from './audit-recipients.ts'
import { type Authenticate, authenticationFault } from './authentication.ts'
import { encodeDenial } from './authorization-message.ts'
import type { Envelope } from './call.ts'
import type { AnonymousCaller, Caller, ServiceCaller, SignedCaller } from './caller.ts'
import { Fault } from './fault.ts'
import { uuid } from './ids.ts'
import type { Log } from './log.ts'
import { type Access, openToAnyAuthenticatedCaller, openToAnybody, type Operation } from './operation.ts'
import { assertPresent } from './resource.ts'
import type { Seal } from './seal/index.ts'
import type { Service } from './service.ts'
import type { CallAnswer, CallAs } from './service-calls.ts'
import { servicePrincipal } from './service-principal.ts'
import { sessionRefusal } from './session-limits.ts'
import type { Store, Transaction } from './store/index.ts'
import { helpFor } from './unauthenticated-help.ts'
import type { World } from './world.ts'

/** An HTTP request with what its connection tells. */
export interface Incoming extends HttpRequest {
  readonly rawHeaders: readonly string[]
  readonly sourceIp: string
  readonly secureTransport: boolean
}

/** Answers one API call. It never rejects: whatever goes wrong becomes an answer in the caller's protocol. */
export type Pipeline = (request: Incoming) => HttpResponse | Promise<HttpResponse>

/** What a service's own door (a function's URL) makes of a request that came to it. */
export interface DoorCall {
  /** Of no route; it has its parts already. */
  readonly operation: Operation
  /** Its input, from the body without its chunk signatures. */
  readonly input: (body: Uint8Array) => object
  readonly region: string
  /** The account that opened the door to everybody: nobody is asked who he is, and policies say whether anybody may. */
  readonly openOf: AccountId | undefined
}

/** Takes a request that came to a door the same way as any other, from its signature on. It never rejects. */
export type Enter = (
  request: Incoming,
  asked: DoorCall,
) => Promise<CallAnswer & { readonly requestId: string }>

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
  readonly protocol: Protocol
  caller: SignedCaller | ServiceCaller | AnonymousCaller
  /** Whose door a caller came to who is nobody. */
  readonly openOf?: AccountId | undefined
  input: unknown
  access: readonly Access[]
  /** The sealed explanation of a denial, for whoever may decode it. */
  encodedDenial?: string
  /** Records of the calls that the operation made to other services. */
  inner: string[]
}

/**
 * Makes the way of an API call, from the wire and from a service that acts by itself: find the operation → verify the signature → decode and validate → find the target →
 * authorize → run in a transaction → record → encode. Source: ARCHITECTURE.md, "The life of a call".
 * INVARIANT: one order, and nothing turns a step off (pipeline.test.ts). It is long so that the order is read in one place.
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
}: Parts): { readonly pipeline: Pipeline; readonly callAs: CallAs; readonly enter: Enter } {
  type Admitted = ReturnType<typeof admit>

  return {
    pipeline(request) {
      const behind = store.catchUp()
      return behind ? behind.then(() => handle(request)) : handle(request)
    },
    callAs,
    enter,
  }

  function handle(request: Incoming): HttpResponse | Promise<HttpResponse> {
    const requestId = uuid(world.randomBytes)
    const claim = readClaim(request)
    const found = route(request, claim.ok ? claim.scope.service : undefined)
    if (found.kind === 'refused') return found.codec.encodeFault(found.service, found.fault, requestId)

    const region = claim.ok ? regionOf(claim, regionDefault) : regionDefault
    const envelope = envelopeOf(request, found, region ?? regionDefault, requestId)
    const progress: Progress = {
      envelope,
      protocol: found.codec.protocol,
      caller: { kind: 'anonymous' },
      input: undefined,
      access: [],
      inner: [],
    }
    const encode = (output: unknown): HttpResponse => found.codec.encode(found.operation, output, requestId)
    const refuse = (error: unknown): HttpResponse =>
      found.codec.encodeFault(found.service, refusal(progress, error), requestId)
    try {
      const operation = services.get(found.service)?.operations.get(found.operation.name)
      const body = identify(progress, request, claim, operation)
      if (region === undefined) throw wrongRegion()
      if (!operation) throw notImplemented(envelope)
      progress.input = found.codec.decode(
        found.operation,
        body === request.body ? request : { ...request, body },
      )
      const answer = perform(progress, operation, encode)
      return answer instanceof Promise ? answer.catch(refuse) : answer
    } catch (error) {
      return refuse(error)
    }
  }

  function envelopeOf(request: Incoming, found: OperationRoute, region: string, requestId: string): Envelope {
    return {
      requestId,
      service: found.service,
      operation: found.operation.name,
      nowMs: world.nowMs(),
      region,
      partition,
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
      referer: request.headers['referer'],
      secureTransport: request.secureTransport,
      host: request.headers['host'],
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

  /** Admits the call and has it prepared; what takes time is done before the transaction that counts. */
  function perform<Answer>(
    progress: Progress,
    operation: Operation,
    encode: (output: unknown) => Answer,
  ): Answer | Promise<Answer> {
    const tx = store.begin()
    const admitted = admit(progress, operation, tx)
    const { prepare } = operation.declaration
    if (prepare && tx.wrote) {
      // The target was made just now (a key that AWS manages, on first use): what is prepared must rest on what is committed.
      const made = store.submit(tx, undefined, (again) => void admit(progress, operation, again))
      return made.then(() => perform(progress, operation, encode))
    }
    const prepared = prepare?.({ ...admitted, input: progress.input })
    if (!(prepared instanceof Promise)) return settle(tx, admitted, prepared)
    return prepared.then((ready: unknown) => {
      const later = store.begin()
      return settle(later, admit(progress, operation, later), ready)
    })

    /** Runs the operation in a transaction. What changed nothing is answered at once, what did when it is on disk. */
    function settle(tx: Transaction, admitted: Admitted, prepared: unknown): Answer | Promise<Answer> {
      const attempt = (tx: Transaction, { call, caller, target }: Admitted): Answer => {
        const output = operation.declaration.run({ target, input: progress.input, call, prepared }) ?? {}
        for (const record of [...progress.inner, ...recordsOf(progress, caller, output, undefined)]) {
          if (tx.wrote) tx.record(record)
          else audit.append(record)
        }
        return encode(output)
      }
      const response = attempt(tx, admitted)
      if (!tx.wrote) return response
      return store.submit(tx, response, (again) => attempt(again, admit(progress, operation, again)))
    }
  }

  /** Finds the target and lets the caller at it, or throws the denial; only then tells whether it exists. */
  function admit(progress: Progress, operation: Operation, tx: Transaction) {
    const { envelope, caller, input } = progress
    progress.inner = []
    const { access, target: find } = operation.declaration
    const call = operation.enter({
      ...envelope,
      caller,
      account: accountOf(progress, caller),
      tx,
      randomBytes: world.randomBytes,
      seal,
      invoke: (service, name, asked) => invoke(progress, caller, tx, { service, name, input: asked }),
    })
    const target = find?.(input, call)
    if (typeof access === 'function') {
      progress.access = access(target, input, call)
      assert.ok(progress.access.length > 0, `${operation.name} declares an access of nothing`)
      const denial = authorize(call, progress.access)
      if (denial) {
        progress.encodedDenial = encodeDenial(seal, call, denial)
        throw denialFault(progress.protocol, denial, progress.encodedDenial)
      }
    } else assert.ok(access === openToAnyAuthenticatedCaller || access === openToAnybody)
    assertPresent(target)
    return { call, caller, target }
  }

  /** See `CallAs`. */
  async function callAs(
    caller: SignedCaller | ServiceCaller,
    { service, operation: name, input, region }: Parameters<CallAs>[1],
  ): ReturnType<CallAs> {
    const [requestId, nowMs] = [uuid(world.randomBytes), world.nowMs()]
    const principal = caller.kind === 'service' ? caller.service : internalCaller
    const progress: Progress = {
      envelope: {
        ...{ requestId, service, operation: name, nowMs, region, partition },
        ...{ sourceIp: principal, userAgent: principal, referer: undefined, secureTransport: true },
        calledVia: [],
      },
      protocol: 'json-1.1',
      caller,
      input,
      access: [],
      inner: [],
    }
    const attempt = async (): ReturnType<CallAs> => {
      try {
        await store.catchUp()
        const operation = services.get(service)?.operations.get(name)
        if (!operation) throw notImplemented(progress.envelope)
        return { ok: true, output: await perform(progress, operation, (output) => output) }
      } catch (error) {
        return { ok: false, fault: refusal(progress, error) }
      }
    }
    const answer = await attempt()
    try {
      audit.flush()
    } catch (error) {
      log({ level: 'error', event: 'records-not-written', reason: String(error) })
      return { ok: false, fault: internalFault() } // As on the wire: no answer without its record.
    }
    return answer
  }

  /** See `Enter`. */
  async function enter(request: Incoming, { operation, input, region, openOf }: DoorCall): ReturnType<Enter> {
    const [requestId, claim] = [uuid(world.randomBytes), readClaim(request)]
    const { sourceIp, secureTransport, headers } = request
    const progress: Progress = {
      envelope: {
        ...{ requestId, service: operation.service, operation: operation.name, nowMs: world.nowMs() },
        ...{ region, partition, sourceIp, secureTransport, calledVia: [] },
        ...{ userAgent: headers['user-agent'] ?? '', referer: headers['referer'], host: headers['host'] },
      },
      protocol: 'rest-json',
      caller: { kind: 'anonymous' },
      openOf,
      input: undefined,
      access: [],
      inner: [],
    }
    try {
      await store.catchUp()
      const body = openOf === undefined ? identifyAt(region) : request.body
      progress.input = input(body)
      return { ok: true, requestId, output: await perform(progress, operation, (output) => output) }
    } catch (error) {
      return { ok: false, requestId, fault: refusal(progress, error) }
    }

    function identifyAt(region: string): Uint8Array {
      if (claim.ok && !isSignedFor(claim, region)) throw wrongRegion()
      return identify(progress, request, claim, operation)
    }
  }

  /** See `Invoke`. */
  function invoke(
    outer: Progress,
    caller: Caller,
    tx: Transaction,
    {
      service,
      name,
      input,
    }: { readonly service: ServiceName; readonly name: string; readonly input: unknown },
  ): unknown {
    const operation = services.get(service)?.operations.get(name)
    assert.ok(operation, `a service calls ${service}:${name}, which is not implemented`)
    const { envelope } = outer
    const calledVia = [...envelope.calledVia, servicePrincipal(envelope.service)]
    const progress: Progress = {
      ...outer,
      envelope: { ...envelope, service, operation: name, requestId: uuid(world.randomBytes), calledVia },
      input,
      access: [],
      inner: [],
    }
    try {
      const { call, target } = admit(progress, operation, tx)
      const prepared = operation.declaration.prepare?.({ target, input, call })
      if (prepared instanceof Promise) throw notAwaited(prepared)
      const output = operation.declaration.run({ target, input, call, prepared }) ?? {}
      outer.inner.push(...progress.inner, ...recordsOf(progress, caller, output, undefined))
      return output
    } catch (error) {
      if (error instanceof WireFault) outer.inner.push(...recordsOf(progress, caller, undefined, error))
      throw error
    }
  }

  /** Records whatever went wrong, and makes a fault of it; only here. */
  function refusal(progress: Progress, error: unknown): WireFault {
    const { envelope, caller } = progress
    const fault = error instanceof WireFault ? error : internalFailure(envelope, error)
    if (caller.kind === 'anonymous') {
      const { requestId, sourceIp } = envelope
      const { code } = fault
      log({ level: 'info', event: 'unauthenticated', requestId, code, sourceIp, help: helpFor(code) })
      return fault
    }
    for (const record of [...progress.inner, ...recordsOf(progress, caller, undefined, fault)])
      audit.append(record)
    return fault
  }

  /** The records that a call leaves: none, or one in the trail of each account that it concerns. */
  function recordsOf(
    progress: Progress,
    caller: Caller,
    output: unknown,
    fault: WireFault | undefined,
  ): readonly string[] {
    const { envelope, input, access, encodedDenial } = progress
    const additionalEventData =
      encodedDenial === undefined ? undefined : { encodedAuthorizationMessage: encodedDenial }
    const call = {
      envelope,
      caller,
      account: accountOf(progress, caller),
      input,
      output,
      fault,
      access,
      additionalEventData,
    }
    return audit.keeps(call) ? auditRecipients(call).map((account) => audit.record({ ...call, account })) : []
  }

  function internalFailure({ requestId, service, operation }: Envelope, error: unknown): Fault {
    if (isDiskError(error)) {
      const reason = error.cause instanceof Error ? error.cause.message : error.message
      log({ level: 'error', event: 'not-written', requestId, service, operation, reason })
    } else {
      const stack = error instanceof Error ? error.stack : String(error)
      log({ level: 'error', event: 'bug', requestId, service, operation, stack })
    }
    return internalFault()
  }
}

/** Whose resources a call works on: the caller's own, or those of whoever opened a door to everybody. */
function accountOf({ openOf }: Progress, caller: Caller): AccountId {
  const account = caller.kind === 'anonymous' ? openOf : caller.account
  assert.ok(account !== undefined, 'no operation is open to anybody, but by a door')
  return account
}

/** Where a call acts that is signed for any region, and for none. */
const regionDefault = 'us-east-1'

function wrongRegion(): Fault {
  return authenticationFault(
    authenticationFailure('InvalidScope', 'Credential should be scoped to a valid region. '),
  )
}

function internalFault(): Fault {
  return new Fault(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  )
}

/** What stands for an address in the records of calls that came over no wire. Source: CloudTrail record contents, "sourceIPAddress". */
const internalCaller = 'AWS Internal'

/** What a denied caller is told. EC2 hands its callers the sealed explanation. Source: EC2 API Reference, "Error codes", UnauthorizedOperation. */
function denialFault(protocol: Protocol, { access, message }: Denial, encodedDenial: string): Fault {
  const refusal = access.resource === '*' ? undefined : access.resource.refusal
  if (refusal) return refusal
  const encoded = protocol === 'ec2' ? `. Encoded authorization failure message: ${encodedDenial}` : ''
  return new Fault('AccessDenied', `${message}${encoded}`)
}

function notImplemented({ service, operation }: Envelope): Fault {
  return new Fault(
    'NotImplemented',
    `${service}:${operation} is not implemented yet; docs/coverage.md lists what is.`,
  )
}

/** A call within a transaction cannot wait: what takes time (a key of an external key store) is refused. */
function notAwaited(prepared: Promise<unknown>): Fault {
  prepared.catch(() => undefined) // Whatever comes of it, nobody is left to be told.
  return new Fault(
    'ServiceUnavailable',
    'The operation takes time, which a call of one service to another does not have.',
  )
}
