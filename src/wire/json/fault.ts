import type { FaultForm } from '../fault-form.ts'
import type { JsonNames } from './decode.ts'
import { jsonEncoder } from './encode.ts'

/** An error's JSON: its type, by which clients find their exception, its message and other members. */
export function jsonFault(form: FaultForm, names: JsonNames, type: string): string {
  const { shape, members, message, messageName } = form
  const given = messageName === undefined ? members : { ...members, [messageName]: message }
  const written = shape ? jsonEncoder(shape, names)(given).slice(1, -1) : ''
  const parts = [`"__type":${JSON.stringify(type)}`]
  // Clients show a message even where the shape has none.
  if (messageName === undefined) parts.push(`"message":${JSON.stringify(message)}`)
  if (written !== '') parts.push(written)
  return `{${parts.join(',')}}`
}
