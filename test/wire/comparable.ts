/** Plain copies without absent members: clients set absent ones undefined or null, and subclass arrays of bytes. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const present = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  return Object.fromEntries(present.map(([name, member]) => [name, comparable(member)]))
}
