import { type Invocation, type Outcome, quotas } from '#functions/index.ts'
import { lambda, type LambdaCall } from './declare.ts'
import { faults } from './faults.ts'
import { configurationOf, findFunction, type FoundFunction } from './find.ts'
import { specOf } from './spec.ts'
import { newTraceHeader } from './trace-header.ts'

/** Differs: our own bound of what waits in one account and region. */
const waitingMax = 10_000

/**
 * Runs a function and waits for it, accepts an event for it, or only tells whether the caller might.
 *
 * Faults: ResourceNotFoundException; InvalidRequestContentException; RequestTooLargeException; TooManyRequestsException;
 * KMSAccessDeniedException; ServiceException where the machine cannot start it.
 * Source: Lambda API Reference, Invoke.
 */
export const Invoke = lambda('Invoke', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:InvokeFunction', resource: target }],
  async prepare({ target, input, call }) {
    if (input.TenantId !== undefined || input.DurableExecutionName !== undefined)
      throw faults.invalid('Neither tenants nor durable executions are supported by this deployment')
    if (input.InvocationType === 'DryRun' || input.InvocationType === 'Event') return undefined
    const payload = payloadOf(input.Payload, quotas.requestBytesMax)
    const [version, spec] = chosen(call, target)
    const outcome = await call.parts.host.invoke(
      spec,
      invocationOf(call, target, payload, input.ClientContext),
    )
    return { version, outcome: answered(outcome) }
  },
  run({ target, input, call, prepared }) {
    if (prepared) {
      const { version, outcome } = prepared
      return {
        StatusCode: 200,
        Payload: outcome.payload,
        ExecutedVersion: version,
        ...(outcome.kind === 'function-error' && { FunctionError: 'Unhandled' }),
        ...(input.LogType === 'Tail' && { LogResult: Buffer.from(outcome.logTail).toString('base64') }),
      }
    }
    if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
    accept(call, target, payloadOf(input.Payload, quotas.eventBytesMax))
    return { StatusCode: 202, Payload: new Uint8Array() }
  },
})

/** The old name of an asynchronous invocation. Source: Lambda API Reference, InvokeAsync (deprecated). */
export const InvokeAsync = lambda('InvokeAsync', {
  target: ({ FunctionName }, call) => findFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:InvokeFunction', resource: target }],
  run({ target, input, call }) {
    accept(call, target, payloadOf(input.InvokeArgs, quotas.eventBytesMax))
    return { Status: 202 }
  },
})

/**
 * Writes an event down; it is done by whoever runs what waits.
 * Source: Lambda API Reference, Invoke, ClientContext: it is passed "for synchronous invocations only".
 */
function accept(
  call: LambdaCall,
  { account, document, qualifier, arn }: FoundFunction,
  payload: Uint8Array,
): void {
  const events = call.asyncEvents.in(account)
  if (!events.hasRoom(waitingMax)) throw faults.throttled('ConcurrentInvocationLimitExceeded')
  events.put(call.requestId, {
    functionName: document.name,
    ...(qualifier !== undefined && { qualifier }),
    invokedArn: arn,
    payload: Buffer.from(payload).toString('utf8'),
    traceHeader: newTraceHeader(call.nowMs, call.randomBytes),
    acceptedAtMs: call.nowMs,
    failures: 0,
    refusals: 0,
    dueAtMs: call.nowMs,
  })
}

/** The version that runs: of an alias with weights, one by chance. */
export function chosen(
  call: LambdaCall,
  target: FoundFunction,
): readonly [string, ReturnType<typeof specOf>] {
  const version = chosenVersion(target, call.randomBytes)
  const configuration = configurationOf(call, target.document, version)
  if (!configuration) throw faults.functionNotFound(`${target.document.arn}:${version}`)
  return [version, specOf(target.document, version, configuration)]
}

/** Source: Lambda Developer Guide, "Implement Lambda canary deployments using a weighted alias". */
export function chosenVersion(
  { alias, version }: Pick<FoundFunction, 'alias' | 'version'>,
  randomBytes: (length: number) => Buffer,
): string {
  const [second] = Object.entries(alias?.weights ?? {})
  if (!second) return version
  return randomBytes(4).readUInt32BE() / 2 ** 32 < second[1] ? second[0] : version
}

export function invocationOf(
  call: LambdaCall,
  { arn }: FoundFunction,
  payload: Uint8Array,
  clientContext: string | undefined,
  traceHeader = newTraceHeader(call.nowMs, call.randomBytes),
): Invocation {
  if ((clientContext?.length ?? 0) > quotas.clientContextBytesMax)
    throw faults.invalid(`The client context is longer than ${quotas.clientContextBytesMax} bytes`)
  const context =
    clientContext === undefined ? undefined : Buffer.from(clientContext, 'base64').toString('utf8')
  return {
    requestId: call.requestId,
    payload,
    invokedArn: arn,
    traceHeader,
    ...(context !== undefined && { clientContext: headerText(context) }),
  }
}

/** A header holds no control characters; what JSON has of them between its tokens means nothing. */
function headerText(json: string): string {
  return JSON.stringify(parsed(json)).replaceAll(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function payloadOf(given: Uint8Array | undefined, bytesMax: number): Uint8Array {
  const payload = given === undefined || given.length === 0 ? Buffer.from('{}') : given
  if (payload.length > bytesMax) throw faults.payloadTooLarge(payload.length, bytesMax)
  parsed(Buffer.from(payload).toString('utf8'))
  return payload
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw faults.notJson(error instanceof Error ? error.message : 'it is none')
  }
}

/** What a caller is told of an invocation that came to nothing. */
export function answered<Answer extends { readonly kind: 'success' | 'function-error' | 'streaming' }>(
  outcome: Answer | Exclude<Outcome, { kind: 'success' | 'function-error' }>,
): Answer {
  switch (outcome.kind) {
    case 'success':
    case 'function-error':
    case 'streaming':
      return outcome
    case 'throttled':
      throw faults.throttled(outcome.reason)
    case 'not-provided':
      throw outcome.reason === 'no-role'
        ? faults.roleAtInvoke(outcome.message)
        : faults.decrypt(outcome.message)
    case 'unavailable':
      throw faults.unavailable(outcome.message)
  }
}
