/** An object that inherits nothing: a key of a request, whatever it is called, can only be a key. */
export function emptyRecord(): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null)
  return record
}

/** Whether a value is an object with keys, and no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
