import { operationsOf } from '#core/operation.ts'
import type { Incoming } from '#core/pipeline.ts'
import { Missing } from '#core/resource.ts'
import {
  type FunctionHost,
  type FunctionSpec,
  type Invocation,
  type Outcome,
  quotas,
} from '#functions/index.ts'
import type { HttpResponse } from '#wire/index.ts'
import { type LambdaParts, tables } from './declare.ts'
import type { UrlDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findFunction } from './find.ts'
import { chosen, invocationOf, payloadOf } from './invoke.ts'
import { idOf } from './names.ts'
import { continuedTraceHeader } from './trace-header.ts'
import { answerOf } from './url-answer.ts'
import { eventOf } from './url-event.ts'
import { streamedAnswer } from './url-stream.ts'

/** What came to a URL. */
export interface UrlInput {
  /** For the record of it. */
  readonly FunctionName: string
  readonly url: UrlDocument
  readonly request: Incoming
  readonly body: Uint8Array
}

export interface UrlOutput {
  readonly traceHeader: string
  /** Undefined: the function failed, or said what HTTP cannot. */
  readonly answer: HttpResponse | undefined
}

/** Reached by the door of URLs alone: no route leads to it. Its records are those of an invocation. */
const operation = operationsOf<
  { readonly Invoke: { readonly input: UrlInput; readonly output: UrlOutput } },
  LambdaParts
>()('lambda', tables, 'regional')

/**
 * Runs a function for a request that came to its URL.
 *
 * Faults: ResourceNotFoundException where URL or function are gone; RequestTooLargeException; TooManyRequestsException; ServiceException.
 * Source: Lambda Developer Guide, "Control access to Lambda function URLs": both permissions since October 2025, by the identity policy or
 * the function's policy, and of a URL that is open to everybody by the function's policy alone.
 */
export const invokeByUrl = operation('Invoke', {
  target({ url }, call) {
    const found = call.urls.in(url.account).get(idOf(url.functionName, url.qualifier))
    // Whoever came as nobody came by a URL that asked nobody: it must be so still.
    if (found?.urlId !== url.urlId || found.auth !== url.auth)
      return new Missing(url.functionArn, faults.noPolicy())
    return findFunction(call, url.functionArn)
  },
  access: (target, { url }) => [
    {
      action: 'lambda:InvokeFunctionUrl',
      resource: target,
      conditions: { 'lambda:FunctionUrlAuthType': url.auth, 'lambda:FunctionArn': url.functionArn },
    },
    {
      action: 'lambda:InvokeFunction',
      resource: target,
      conditions: { 'lambda:InvokedViaFunctionUrl': 'true' },
    },
  ],
  async prepare({ target, input: { url, request, body }, call }) {
    const { nowMs, randomBytes, requestId, caller } = call
    const traceHeader = continuedTraceHeader(request.headers['x-amzn-trace-id'], nowMs, randomBytes)
    const event = eventOf(request, body, { url, caller, requestId, nowMs, traceHeader })
    const payload = payloadOf(Buffer.from(JSON.stringify(event)), quotas.requestBytesMax)
    const [, spec] = chosen(call, target)
    const invocation = invocationOf(call, target, payload, undefined, traceHeader)
    return { traceHeader, answer: await answerBy(call.parts.host, url.mode, spec, invocation) }
  },
  run: ({ prepared }) => prepared,
})

async function answerBy(
  host: FunctionHost,
  mode: UrlDocument['mode'],
  spec: FunctionSpec,
  invocation: Invocation,
): Promise<HttpResponse | undefined> {
  if (mode === 'BUFFERED') {
    const outcome = await host.invoke(spec, invocation)
    return outcome.kind === 'success' ? answerOf(outcome.payload) : failedBy(outcome)
  }
  const outcome = await host.stream(spec, invocation)
  return outcome.kind === 'streaming' ? streamedAnswer(outcome) : failedBy(outcome)
}

/** Of what a function lacks (a role, a key) its callers learn nothing. */
function failedBy(outcome: Exclude<Outcome, { kind: 'success' }>): undefined {
  if (outcome.kind === 'throttled') throw faults.throttled(outcome.reason)
  if (outcome.kind === 'unavailable') throw faults.unavailable(outcome.message)
}
