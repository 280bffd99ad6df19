/** Deeper names are not looked at, as deeper values are not seen. */
const depthMax = 1000

type JsonObject = Readonly<Record<string, unknown>>

/**
 * An event whose names have no dots: a name with dots is the names that it joins. An event that has none is returned as it is.
 * Source: EventBridge User Guide, "Considerations when creating event patterns": names are joined by dots, in events as in patterns.
 * Differs: where a name with dots leads into an array that is there too, its value counts as another element.
 */
export function withoutDottedNames(event: JsonObject): JsonObject {
  // What comes of an object is an object.
  return hasDottedName(event, 0) ? (split(event, 0) as JsonObject) : event
}

function hasDottedName(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > depthMax) return false
  if (Array.isArray(value)) {
    for (const element of value) if (hasDottedName(element, depth + 1)) return true
    return false
  }
  for (const name in value) {
    if (name.includes('.')) return true
    // What JSON.parse made has only its own members.
    const member = (value as JsonObject)[name]
    if (typeof member === 'object' && hasDottedName(member, depth + 1)) return true
  }
  return false
}

/** What was found under a name: values that are no objects, and the members of all objects. */
interface Found {
  readonly values: unknown[]
  members: Map<string, Found> | undefined
}

function split(value: unknown, depth: number): unknown {
  const found: Found = { values: [], members: undefined }
  collect(found, value, depth)
  return made(found)
}

function collect(found: Found, value: unknown, depth: number): void {
  if (depth > depthMax) return
  if (Array.isArray(value)) for (const element of value) found.values.push(split(element, depth + 1))
  else if (typeof value !== 'object' || value === null) found.values.push(value)
  else {
    found.members ??= new Map()
    for (const [name, member] of Object.entries(value)) {
      const names = name.split('.')
      const inner = depth + names.length > depthMax ? undefined : innermost(found, names)
      if (inner !== undefined) collect(inner, member, depth + names.length)
    }
  }
}

function innermost(found: Found, names: readonly string[]): Found {
  let inner = found
  for (const name of names) {
    inner.members ??= new Map()
    const next = inner.members.get(name) ?? { values: [], members: undefined }
    inner.members.set(name, next)
    inner = next
  }
  return inner
}

/** An array of one element matches as the element does. */
function made({ values, members }: Found): unknown {
  if (members === undefined) return values.length === 1 ? values[0] : values
  const object = objectOf(members)
  return values.length === 0 ? object : [...values, object]
}

/** `__proto__` is a name like others here. */
function objectOf(members: ReadonlyMap<string, Found>): JsonObject {
  const object: Record<string, unknown> = {}
  for (const [name, found] of members)
    Object.defineProperty(object, name, {
      value: made(found),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  return object
}
