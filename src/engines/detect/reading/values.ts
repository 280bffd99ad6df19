/** Reads a value of a record by its path, where everything on the way is an object. */
export function value(from: unknown, ...path: readonly string[]): unknown {
  let at = from
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[name] // An object: looked at above.
  }
  return at
}

/** The text at a path of members; undefined where there is none. */
export function text(from: unknown, ...path: readonly string[]): string | undefined {
  const found = value(from, ...path)
  return typeof found === 'string' ? found : undefined
}

/** A list, or nothing. CloudTrail writes lists of EC2 as `{ "items": […] }`. */
export function items(from: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = value(from, ...path)
  if (Array.isArray(found)) return found
  const inside = value(found, 'items')
  return Array.isArray(inside) ? inside : []
}
