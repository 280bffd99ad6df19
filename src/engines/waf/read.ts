import { invalid, type RefusedField } from './refusal.ts'

/** Reads an unknown value as what the language expects there, or throws `Refused`. `name` is the member it stands in. */
export type Read<Value> = (value: unknown, field: RefusedField, name: string) => Value

/** What a reader gives. */
export type Given<Reader> = Reader extends Read<infer Value> ? Value : never

/** A JSON object's own members; `undefined` for anything else. */
function asMembers(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    return undefined
  return value as Readonly<Record<string, unknown>> // An object that is no array is a record of unknowns.
}

/**
 * An object with these members and no others. A member that is `undefined` counts as absent, and whether absence is
 * allowed is for its reader to say (`optional`).
 */
export function members<Readers extends Readonly<Record<string, Read<unknown>>>>(
  readers: Readers,
  own?: RefusedField,
): Read<{ readonly [Name in keyof Readers]: Given<Readers[Name]> }> {
  const entries = Object.entries(readers)
  return (value, outer, name) => {
    const field = own ?? outer
    const given = asMembers(value)
    if (given === undefined)
      throw invalid(field, name, value === undefined ? 'is required' : 'must be an object')
    for (const member of Object.keys(given)) {
      if (!Object.hasOwn(readers, member) && given[member] !== undefined)
        throw invalid(field, member, `is not a member of ${name}`)
    }
    const read: Record<string, unknown> = Object.create(null)
    for (const [member, reader] of entries)
      read[member] = reader(Object.hasOwn(given, member) ? given[member] : undefined, field, member)
    return read as { readonly [Name in keyof Readers]: Given<Readers[Name]> } // Every reader has filled its member.
  }
}

/** One of several members, exactly one of which is set: AWS's way to write a union. Gives its name and its value. */
export function exactlyOne(own: RefusedField, names: readonly string[]): Read<readonly [string, unknown]> {
  return (value, _outer, name) => {
    const given = asMembers(value)
    if (given === undefined)
      throw invalid(own, name, value === undefined ? 'is required' : 'must be an object')
    const set = Object.keys(given).filter((member) => given[member] !== undefined)
    const [only, second] = set
    if (only === undefined || second !== undefined)
      throw invalid(own, set.join(', ') || name, `must have exactly one member`)
    if (!names.includes(only)) throw invalid(own, only, `is not a member of ${name}`)
    return [only, given[only]]
  }
}

export function optional<Value>(read: Read<Value>): Read<Value | undefined> {
  return (value, field, name) => (value === undefined ? undefined : read(value, field, name))
}

/** Reads a text. Units: UTF-16 code units. `pattern` is looked for in it: one for the whole is anchored. */
export function text(lengthMin: number, lengthMax: number, pattern?: RegExp): Read<string> {
  return (value, field, name) => {
    if (typeof value !== 'string')
      throw invalid(field, name, value === undefined ? 'is required' : 'must be a string')
    if (value.length < lengthMin || value.length > lengthMax)
      throw invalid(field, value, `${name} must have ${lengthMin} to ${lengthMax} characters`)
    if (pattern !== undefined && !pattern.test(value))
      throw invalid(field, value, `${name} must match ${pattern.source}`)
    return value
  }
}

export function integer(min: number, max: number): Read<number> {
  return (value, field, name) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max)
      throw invalid(field, value ?? name, `${name} must be an integer from ${min} to ${max}`)
    return value
  }
}

export const boolean: Read<boolean> = (value, field, name) => {
  if (typeof value !== 'boolean') throw invalid(field, name, 'must be true or false')
  return value
}

/** Reads one of the values; a refusal names the field `own` in the place of the reader's. */
export function oneOf<const Value extends string | number>(
  values: readonly Value[],
  own?: RefusedField,
): Read<Value> {
  return (value, field, name) => {
    const found = values.find((one) => one === value)
    if (found === undefined)
      throw invalid(own ?? field, value ?? name, `${name} must be one of ${values.join(', ')}`)
    return found
  }
}

export function listOf<Value>(read: Read<Value>, min: number, max: number): Read<readonly Value[]> {
  return (value, field, name) => {
    if (!Array.isArray(value))
      throw invalid(field, name, value === undefined ? 'is required' : 'must be a list')
    if (value.length < min || value.length > max)
      throw invalid(field, name, `must have ${min} to ${max} elements and has ${value.length}`)
    return value.map((element: unknown) => read(element, field, name))
  }
}

/** Whatever is there. For members that the engine does not act on. */
export const anything: Read<unknown> = (value) => value
