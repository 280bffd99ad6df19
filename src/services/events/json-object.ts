/** The object that a text of JSON is; undefined for any other text. */
export function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
}
