import type { Enter, Incoming, Pipeline } from '#core/pipeline.ts'
import type { Store } from '#core/store/index.ts'
import { quotas } from '#functions/index.ts'
import type { FaultLike, HttpResponse } from '#wire/index.ts'
import type { LambdaParts } from './declare.ts'
import { type UrlDocument, urls } from './documents.ts'
import { invokeByUrl, type UrlOutput } from './url-call.ts'
import { preflight, withCors } from './url-cors.ts'
import { type UrlPlace, urlPlace } from './url-names.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'catchUp'>
  /** Takes what came to a URL the way of every call. */
  readonly enter: Enter
  readonly lambda: LambdaParts
}

/**
 * Stands before the pipeline for requests whose Host is that of a function's URL: they go to the function, and to nothing else.
 * Source: Lambda Developer Guide, "Invoking Lambda function URLs".
 */
export function createFunctionUrlDoor({ store, enter, lambda }: Parts): (pipeline: Pipeline) => Pipeline {
  const operation = {
    ...invokeByUrl,
    enter: (call: Parameters<typeof invokeByUrl.enter>[0]) => invokeByUrl.enter(call, lambda),
  }

  return (pipeline) => (request) => {
    const place = urlPlace(request.headers['host'], lambda.publicUrl)
    return place ? answer(request, place) : pipeline(request)
  }

  async function answer(request: Incoming, place: UrlPlace): Promise<HttpResponse> {
    await store.catchUp()
    const url = findUrl(place)
    if (!url) return told(404, null)
    const early = url.cors && preflight(url.cors, request)
    if (early) return early
    const response = await invoke(request, url)
    return url.cors ? withCors(url.cors, request, response) : response
  }

  function findUrl({ urlId, region }: UrlPlace): UrlDocument | undefined {
    const [found] = store.read.findAnywhere(urls, 'urlId', urlId)
    return found?.document.region === region ? found.document : undefined
  }

  async function invoke(request: Incoming, url: UrlDocument): Promise<HttpResponse> {
    if (request.body.length > quotas.requestBytesMax) return tooLarge
    const given = await enter(request, {
      operation,
      input: (body) => ({ FunctionName: url.functionArn, url, request, body }),
      region: url.region,
      openOf: url.auth === 'NONE' ? url.account : undefined,
    })
    const id = { 'x-amzn-requestid': given.requestId }
    if (!given.ok) return withHeaders(refused(given.fault), id)
    const { answer, traceHeader } = given.output as UrlOutput // That of the operation.
    return withHeaders(answer ?? failed, { ...id, 'x-amzn-trace-id': traceHeader })
  }
}

function withHeaders(response: HttpResponse, headers: Readonly<Record<string, string>>): HttpResponse {
  return { ...response, headers: { ...response.headers, ...headers } }
}

function told(status: number, Message: string | null): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ Message }) }
}

const tooLarge = told(
  413,
  `Request must be smaller than ${quotas.requestBytesMax} bytes for the InvokeFunction operation`,
)
const forbidden = told(
  403,
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
)
const failed: HttpResponse = {
  status: 502,
  headers: { 'content-type': 'text/plain' },
  body: 'Internal Server Error',
}

/** Codes of signatures that do not hold: who made one may know why. */
const badSignatures: ReadonlySet<string> = new Set([
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'ExpiredToken',
])

/** What a refusal is on a URL: its words are for callers who may know nothing of the function. */
function refused({ code, message }: FaultLike): HttpResponse {
  if (badSignatures.has(code)) return told(403, message)
  switch (code) {
    case 'AccessDenied':
    case 'MissingAuthenticationToken':
      return forbidden
    case 'ResourceNotFoundException':
      return told(404, null)
    case 'RequestTooLargeException':
      return tooLarge
    case 'TooManyRequestsException':
      return told(429, 'Rate Exceeded.')
    case 'InternalFailure':
      return { ...failed, status: 500 }
    default:
      return failed
  }
}
