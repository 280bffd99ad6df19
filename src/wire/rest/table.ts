import type { ServiceName } from '#models/index.d.ts'
import { Malformed } from '../fault.ts'
import type { HttpRequest } from '../http.ts'
import { model } from '../model.ts'
import type { OperationModel } from '../shapes.ts'
import { matchSegments, type Segment, segmentsOf, type Template, templateOf } from './template.ts'
import { queryParameters } from './query-string.ts'

interface Route {
  readonly operation: OperationModel
  readonly template: Template
}

/** Routes of each service by method and first segment, the more specific first. */
const tables = new Map<ServiceName, ReadonlyMap<string, readonly Route[]>>()

/** Finds the REST operation for a request's method, path and query; undefined where the service has none. */
export function restOperation(service: ServiceName, request: HttpRequest): OperationModel | undefined {
  const path = segmentsOf(request.path)
  const candidates = tableOf(service).get(bucket(request.method, path[0] ?? '')) ?? []
  return candidates.find(
    ({ template }) => matchSegments(template.segments, path) && queryMatches(template.query, request),
  )?.operation
}

function tableOf(service: ServiceName): ReadonlyMap<string, readonly Route[]> {
  const known = tables.get(service)
  if (known) return known
  const routes = [...model(service).operations.values()].map((operation) => ({
    operation,
    template: templateOf(operation),
  }))
  const table = Map.groupBy(routes.toSorted(moreSpecificFirst), ({ operation, template }) => {
    const first = template.segments[0]
    if (first && first.kind !== 'literal')
      throw new Error(`${operation.name}: a URI that begins with a label is not supported`)
    return bucket(operation.http.method, first?.text ?? '')
  })
  tables.set(service, table)
  return table
}

function bucket(method: string, segment: string): string {
  return `${method} ${segment}`
}

/** Literals before labels before greedy labels, at the first place that differs; then more query literals. */
function moreSpecificFirst(one: Route, other: Route): number {
  const kindsOfOne = kinds(one.template)
  const kindsOfOther = kinds(other.template)
  if (kindsOfOne !== kindsOfOther) return kindsOfOne < kindsOfOther ? -1 : 1
  return other.template.query.size - one.template.query.size
}

const rank: Readonly<Record<Segment['kind'], string>> = { literal: '0', label: '1', greedy: '2' }

/** A text that sorts as the template does. */
function kinds({ segments }: Template): string {
  return segments.map(({ kind }) => rank[kind]).join('')
}

function queryMatches(wanted: Template['query'], request: HttpRequest): boolean {
  if (wanted.size === 0) return true
  const given = parametersOrNone(request)
  return [...wanted].every(([name, value]) => {
    const values = given.get(name)
    return values !== undefined && (value === undefined || values.includes(value))
  })
}

/** Routing reports no malformed query: the codec, which reads it again, does. */
function parametersOrNone(request: HttpRequest): ReadonlyMap<string, readonly string[]> {
  try {
    return queryParameters(request.query)
  } catch (error) {
    if (error instanceof Malformed) return new Map()
    throw error
  }
}
