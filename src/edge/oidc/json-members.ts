/** A JSON object's members; whoever reads them checks each. Undefined for anything else. */
export function jsonMembers(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>) // An object that is no array.
      : undefined
  } catch {
    return undefined // JSON.parse throws for one reason only: the text is not JSON.
  }
}
