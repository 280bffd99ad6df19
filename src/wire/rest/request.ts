import type { HttpRequest } from '../http.ts'
import { emptyRecord } from '../record.ts'
import type { Member, OperationModel, StructureShape, TimestampFormat } from '../shapes.ts'
import { textDecoder } from '../text.ts'
import { uriDecoded } from '../uri.ts'
import { queryParameters } from './query-string.ts'
import { matchSegments, segmentsOf, templateOf } from './template.ts'

/** What of a request a member is read from. */
interface Sources {
  readonly request: HttpRequest
  readonly labels: ReadonlyMap<string, string>
  readonly query: ReadonlyMap<string, readonly string[]>
}

interface BoundMember {
  readonly name: string
  /** Undefined: the request does not set the member. */
  readonly read: (sources: Sources) => unknown
}

/** A REST input: members bound to parts of the request, and those that stand in the body. */
export interface RestInput {
  readonly bound: readonly BoundMember[]
  /** The members without a binding, as a structure; undefined where there are none, or the payload is the body. */
  readonly body: StructureShape | undefined
  readonly payload: Member | undefined
}

const compiled = new WeakMap<StructureShape, RestInput>()

/** A structure's bindings to a request; worked out once, when they are first asked for. */
export function restInput(shape: StructureShape): RestInput {
  const known = compiled.get(shape)
  if (known) return known
  const inBody = shape.members.filter(({ location }) => location === undefined)
  const made = {
    bound: shape.members.flatMap((member) =>
      member.location === undefined ? [] : [{ name: member.name, read: readerOf(member) }],
    ),
    body: shape.payload || inBody.length === 0 ? undefined : { ...shape, members: inBody },
    payload: shape.payload,
  }
  compiled.set(shape, made)
  return made
}

/** Reads what is bound to path, query string and headers. Source: Smithy 2.0, "HTTP bindings". Faults: Malformed. */
export function readBound(operation: OperationModel, request: HttpRequest): Record<string, unknown> {
  const input = emptyRecord()
  const { bound } = restInput(operation.input)
  if (bound.length === 0) return input
  const labels =
    matchSegments(templateOf(operation).segments, segmentsOf(request.path)) ?? new Map<string, string>()
  const sources = { request, labels, query: queryParameters(request.query) }
  for (const { name, read } of bound) {
    const value = read(sources)
    if (value !== undefined) input[name] = value
  }
  return input
}

function readerOf(member: Member): BoundMember['read'] {
  const { location, locationName = member.name } = member
  switch (location) {
    case 'uri': {
      const decode = textDecoder(member, 'iso8601')
      return ({ labels }) => {
        const text = labels.get(locationName)
        return text === undefined ? undefined : decode(uriDecoded(text))
      }
    }
    case 'querystring':
      return queryReader(member, locationName)
    case 'header': {
      const name = locationName.toLowerCase()
      const decode = valueReader(member, 'rfc822')
      return ({ request }) => {
        const text = request.headers[name]
        return text === undefined ? undefined : decode(text)
      }
    }
    case 'headers': {
      const prefix = locationName.toLowerCase()
      return ({ request }) => {
        const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix))
        if (found.length === 0) return undefined
        const values = emptyRecord()
        for (const [name, text] of found) values[name.slice(prefix.length)] = text
        return values
      }
    }
    case 'statusCode':
    case undefined:
      break
  }
  return () => undefined
}

function queryReader(member: Member, name: string): BoundMember['read'] {
  const { shape } = member
  if (shape.type === 'list') {
    const decode = textDecoder(shape.member, 'iso8601')
    return ({ query }) => query.get(name)?.map(decode)
  }
  // A map takes every parameter that no other member has; no model of ours binds one.
  if (shape.type === 'map') throw new Error(`${member.name}: a map in the query string is not supported`)
  const decode = textDecoder(member, 'iso8601')
  return ({ query }) => {
    const text = query.get(name)?.at(-1)
    return text === undefined ? undefined : decode(text)
  }
}

function valueReader(member: Member, format: TimestampFormat): (text: string) => unknown {
  const { shape } = member
  if (shape.type !== 'list') return textDecoder(member, format)
  const decode = textDecoder(shape.member, format)
  return (text) => text.split(',').map((part) => decode(part.trim()))
}
