import { utf8Text } from '../body.ts'
import { Malformed } from '../fault.ts'
import type { HttpRequest } from '../http.ts'
import { formDecoded } from '../uri.ts'
import { itemsMax, nestingMax, parametersMax } from '../limits.ts'

/** Parameters as a tree: `Tags.member.1.Key` is the value four levels down. */
export interface Parameter {
  value: string | undefined
  children: Map<string, Parameter> | undefined
}

/** A request is read by routing and, soon after, by its codec. Kept for one request: a WeakMap of all costs more than parsing. */
let latest: { readonly request: HttpRequest; readonly parameters: Parameter } | undefined

/**
 * The parameters of a query request, from the query string and then the body; of one given twice the last counts.
 * Faults: Malformed.
 */
export function parametersOf(request: HttpRequest): Parameter {
  if (latest?.request === request) return latest.parameters
  const root: Parameter = { value: undefined, children: undefined }
  const parts = { made: 0 }
  const body = isForm(request.headers['content-type']) ? utf8Text(request.body) : ''
  addAll(root, request.query, addAll(root, body, 0, parts), parts)
  latest = { request, parameters: root }
  return root
}

/** How many parts of names a request has made. */
interface Parts {
  made: number
}

/** Clients without a content type (`curl --data` has one) still send forms. */
function isForm(contentType: string | undefined): boolean {
  return (
    contentType === undefined || contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')
  )
}

function addAll(root: Parameter, text: string, before: number, parts: Parts): number {
  let count = before
  for (let start = 0; start < text.length;) {
    let end = text.indexOf('&', start)
    if (end < 0) end = text.length
    if (end > start) {
      count += 1
      if (count > parametersMax) throw new Malformed(`The request has more than ${parametersMax} parameters`)
      add(root, text.slice(start, end), parts)
    }
    start = end + 1
  }
  return count
}

function add(root: Parameter, pair: string, parts: Parts): void {
  const equals = pair.indexOf('=')
  const name = formDecoded(equals < 0 ? pair : pair.slice(0, equals))
  let parameter = root
  let depth = 0
  for (let start = 0; start <= name.length;) {
    let end = name.indexOf('.', start)
    if (end < 0) end = name.length
    depth += 1
    if (depth > nestingMax) throw new Malformed(`A parameter's name has more than ${nestingMax} parts`)
    parameter = child(parameter, name.slice(start, end), parts)
    start = end + 1
  }
  parameter.value = equals < 0 ? '' : formDecoded(pair.slice(equals + 1))
}

function child(parent: Parameter, name: string, parts: Parts): Parameter {
  parent.children ??= new Map()
  const known = parent.children.get(name)
  if (known) return known
  parts.made += 1
  if (parts.made > itemsMax)
    throw new Malformed(`The names of the request's parameters have more than ${itemsMax} parts`)
  const made: Parameter = { value: undefined, children: undefined }
  parent.children.set(name, made)
  return made
}
