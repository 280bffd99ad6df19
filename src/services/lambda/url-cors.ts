import type { HttpRequest, HttpResponse } from '#wire/index.ts'
import type { StoredCors } from './documents.ts'
import { faults } from './faults.ts'

// Who may read a URL's answers in a browser. Source: Lambda Developer Guide, "Creating and managing Lambda function URLs",
// cross-origin resource sharing; Fetch standard, "CORS protocol".

const methods: ReadonlySet<string> = new Set(['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'DELETE', '*'])
const originForm = /^(?:\*|[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9\-._~[\]:]+)$/
const nameForm = /^(?:\*|[!#$%&'+\-.^_`|~0-9A-Za-z]+)$/

/** What is kept of a wish. Faults: InvalidParameterValueException for what no header could say. */
export function storedCors(wish: StoredCors | undefined): StoredCors | undefined {
  if (!wish || Object.values(wish).every((value) => value === undefined)) return undefined
  const check = (list: readonly string[] = [], fits: (one: string) => boolean, what: string): void => {
    const odd = list.find((one) => !fits(one))
    if (odd !== undefined) throw faults.invalid(`'${odd}' is not a valid value for ${what}`)
  }
  check(wish.AllowMethods, (one) => methods.has(one), 'AllowMethods')
  check(wish.AllowOrigins, (one) => originForm.test(one), 'AllowOrigins')
  check(wish.AllowHeaders, (one) => nameForm.test(one), 'AllowHeaders')
  check(wish.ExposeHeaders, (one) => nameForm.test(one), 'ExposeHeaders')
  return wish
}

/** The answer to a browser that asks before it asks; the function does not hear of it. Undefined: it is no such question. */
export function preflight(cors: StoredCors, { method, headers }: HttpRequest): HttpResponse | undefined {
  const asked = headers['access-control-request-method']
  if (method !== 'OPTIONS' || headers['origin'] === undefined || asked === undefined) return undefined
  const origin = allowedOrigin(cors, headers['origin'])
  const { AllowMethods = [], AllowHeaders = [], MaxAge } = cors
  const allowed = origin !== undefined && (AllowMethods.includes('*') || AllowMethods.includes(asked))
  const told = {
    ...(origin !== undefined && originHeaders(cors, origin)),
    'access-control-allow-methods': AllowMethods.join(','),
    ...(AllowHeaders.length > 0 && { 'access-control-allow-headers': AllowHeaders.join(',') }),
    ...(MaxAge !== undefined && { 'access-control-max-age': String(MaxAge) }),
  }
  return { status: 200, headers: allowed ? told : {}, body: '' }
}

/** What is added to an answer; what the function said by itself stays beside it, as with AWS. */
export function withCors(
  cors: StoredCors,
  { headers: asked }: HttpRequest,
  response: HttpResponse,
): HttpResponse {
  const origin = allowedOrigin(cors, asked['origin'])
  if (origin === undefined) return response
  const { ExposeHeaders = [] } = cors
  const headers: Record<string, string> = { ...response.headers }
  const added = {
    ...originHeaders(cors, origin),
    ...(ExposeHeaders.length > 0 && { 'access-control-expose-headers': ExposeHeaders.join(',') }),
  }
  for (const [name, value] of Object.entries(added)) {
    const own = headers[name]
    headers[name] = own === undefined ? value : `${value}, ${own}`
  }
  return { ...response, headers }
}

/** What may be told to an origin: itself, or everybody. Differs: everybody is never told to one that brings credentials. */
function allowedOrigin({ AllowOrigins = [] }: StoredCors, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined
  if (AllowOrigins.includes(origin)) return origin
  return AllowOrigins.includes('*') ? '*' : undefined
}

function originHeaders({ AllowCredentials }: StoredCors, origin: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': origin,
    ...(AllowCredentials === true && { 'access-control-allow-credentials': 'true' }),
    ...(origin !== '*' && { vary: 'Origin' }),
  }
}
