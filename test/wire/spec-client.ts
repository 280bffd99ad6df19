import type { HttpRequest, HttpResponse, OperationModel, Protocol } from '#wire/index.ts'
import type { Member, Ref, Shape } from '#wire/shapes.ts'
import { isRecord } from '#wire/record.ts'

/**
 * A client of the JSON protocols, written from their specification and sharing no code with the codecs, for services that have no
 * SDK for JavaScript. Source: Smithy 2.0, "AWS restJson1 protocol", "AWS JSON 1.0 protocol", "HTTP bindings".
 */
export function specRequest(
  operation: OperationModel,
  protocol: Protocol,
  input: Readonly<Record<string, unknown>>,
): HttpRequest {
  const { http, input: shape, service } = operation
  if (protocol !== 'rest-json') {
    return {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        'content-type': `application/x-amz-${protocol}`,
        'x-amz-target': `${targets[service] ?? ''}.${operation.name}`,
      },
      body: Buffer.from(JSON.stringify(wire({ shape }, input, false))),
    }
  }
  const at = (location: Member['location']) => shape.members.filter((member) => member.location === location)
  let [path = '', query = ''] = http.requestUri.split('?')
  for (const { name, locationName = name } of at('uri')) {
    path = path.replace(`{${locationName}}`, encodeURIComponent(String(input[name])))
    path = path.replace(
      `{${locationName}+}`,
      String(input[name]).split('/').map(encodeURIComponent).join('/'),
    )
  }
  for (const { name, locationName = name } of at('querystring')) {
    const values = input[name] === undefined ? [] : [input[name]].flat()
    for (const value of values)
      query += `${query === '' ? '' : '&'}${encodeURIComponent(locationName)}=${encodeURIComponent(text(value))}`
  }
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  for (const { name, locationName = name } of at('header')) {
    if (input[name] !== undefined) headers[locationName.toLowerCase()] = text(input[name])
  }
  const body = Object.fromEntries(
    at(undefined)
      .map((member) => [member, input[member.name]] as const)
      .flatMap(named(true)),
  )
  return {
    method: http.method,
    path,
    query,
    headers,
    body: Buffer.from(at(undefined).length === 0 ? '' : JSON.stringify(body)),
  }
}

/** Reads an answer: of the operations that this client is for, none binds a payload. */
export function specAnswer(
  { output }: OperationModel,
  protocol: Protocol,
  { headers, body }: HttpResponse,
): unknown {
  if (!output) return {}
  const parsed: unknown = body.length === 0 ? {} : JSON.parse(String(body))
  const read = isRecord(parsed) ? parsed : {}
  const rest = protocol === 'rest-json'
  const members = output.members.map((member) => {
    const { name, location, locationName = name } = member
    const value = location === 'header' ? headers[locationName] : read[rest ? locationName : name]
    return [name, value === undefined ? undefined : unwire(member, value, rest)]
  })
  return Object.fromEntries(members)
}

const targets: Readonly<Record<string, string>> = { cloudwatch: 'GraniteServiceVersion20100801' }

function named(rest: boolean) {
  return ([member, value]: readonly [Member, unknown]): [string, unknown][] =>
    value === undefined
      ? []
      : [[(rest ? member.locationName : undefined) ?? member.name, wire(member, value, rest)]]
}

function text(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

/** A value as its shape stands in JSON. */
function wire(ref: Pick<Ref, 'shape' | 'timestampFormat'>, value: unknown, rest: boolean): unknown {
  const { shape } = ref
  if (value instanceof Date) return format(ref) === 'iso8601' ? value.toISOString() : value.getTime() / 1000
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (shape.type === 'list' && Array.isArray(value))
    return value.map((item) => wire(shape.member, item, rest))
  if (shape.type === 'structure' && isRecord(value)) {
    return Object.fromEntries(
      shape.members.map((member) => [member, value[member.name]] as const).flatMap(named(rest)),
    )
  }
  if (shape.type === 'map' && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, wire(shape.value, item, rest)]),
    )
  }
  return value
}

/** The value that JSON stands for. */
function unwire(ref: Ref, value: unknown, rest: boolean): unknown {
  const { shape } = ref
  if (shape.type === 'timestamp')
    return format(ref) === 'iso8601' ? new Date(String(value)) : new Date(Math.round(Number(value) * 1000))
  if (shape.type === 'blob') return new Uint8Array(Buffer.from(String(value), 'base64'))
  if (shape.type === 'list' && Array.isArray(value))
    return value.map((item) => unwire(shape.member, item, rest))
  if (shape.type === 'structure' && isRecord(value)) {
    return Object.fromEntries(
      shape.members.flatMap((member) => {
        const given = value[(rest ? member.locationName : undefined) ?? member.name]
        return given === undefined ? [] : [[member.name, unwire(member, given, rest)]]
      }),
    )
  }
  if (shape.type === 'map' && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, unwire(shape.value, item, rest)]),
    )
  }
  return value
}

function format({
  shape,
  timestampFormat,
}: {
  shape: Shape
  timestampFormat?: Ref['timestampFormat']
}): string {
  return (
    timestampFormat ?? (shape.type === 'timestamp' ? shape.timestampFormat : undefined) ?? 'unixTimestamp'
  )
}
