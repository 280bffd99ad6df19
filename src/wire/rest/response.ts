import type { HttpResponse } from '../http.ts'
import { isRecord } from '../record.ts'
import type { Member, StructureShape } from '../shapes.ts'
import { textEncoder, wrongType } from '../text.ts'

/** A REST output: members written to headers and status, and those that stand in the body. */
export interface RestOutput {
  readonly headers: readonly {
    readonly name: string
    readonly header: string
    readonly write: (value: unknown) => string
  }[]
  readonly prefixed: readonly { readonly name: string; readonly prefix: string }[]
  /** The member whose value is the HTTP status. */
  readonly status: string | undefined
  /** The members without a binding, as a structure; undefined where there are none, or the payload is the body. */
  readonly body: StructureShape | undefined
  readonly payload: Member | undefined
}

const compiled = new WeakMap<StructureShape, RestOutput>()

/** A structure's bindings to a response; worked out once, when they are first asked for. */
export function restOutput(shape: StructureShape): RestOutput {
  const known = compiled.get(shape)
  if (known) return known
  const located = (location: Member['location']) =>
    shape.members.filter((member) => member.location === location)
  const inBody = located(undefined)
  const made = {
    headers: located('header').map((member) => ({
      name: member.name,
      header: member.locationName ?? member.name,
      write: textEncoder(member, 'rfc822'),
    })),
    prefixed: located('headers').map((member) => ({ name: member.name, prefix: member.locationName ?? '' })),
    status: located('statusCode')[0]?.name,
    body: shape.payload || inBody.length === 0 ? undefined : { ...shape, members: inBody },
    payload: shape.payload,
  }
  compiled.set(shape, made)
  return made
}

/** The headers and the status that an output sets, over those given. Source: Smithy 2.0, "HTTP bindings". */
export function writeBound(
  shape: StructureShape,
  output: Readonly<Record<string, unknown>>,
  given: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): { status: number; headers: Record<string, string> } {
  const { headers, prefixed, status } = restOutput(shape)
  const written = { ...given.headers }
  for (const { name, header, write } of headers) {
    const value = output[name]
    if (value !== undefined && value !== null) written[header] = headerText(write(value))
  }
  for (const { name, prefix } of prefixed) {
    const values = output[name]
    if (!isRecord(values)) continue
    for (const [key, value] of Object.entries(values)) written[`${prefix}${key}`] = headerText(String(value))
  }
  const chosen = status === undefined ? undefined : output[status]
  return { status: typeof chosen === 'number' ? chosen : given.status, headers: written }
}

/** A header's value, in which a line break would begin another header. */
function headerText(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError('A header value must not hold a line break')
  return text
}

/** The output as members; what an operation without output returned is no members. */
export function outputRecord(shape: StructureShape, output: unknown): Readonly<Record<string, unknown>> {
  if (output === undefined || output === null) return {}
  if (!isRecord(output)) throw wrongType(shape, output)
  return output
}

/** The body of a payload that is not a structure: bytes or text as they are. */
export function rawPayload(payload: Member, value: unknown): HttpResponse['body'] {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  throw wrongType(payload.shape, value)
}
