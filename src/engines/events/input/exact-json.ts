/** What a number may look like that JavaScript changes: more digits than it keeps, or a power of ten beyond its own. */
const changed = /[\d.]{16}|\d[eE][+-]?\d{3}/

interface RawJson {
  readonly rawJSON: (text: string) => unknown
  readonly isRawJSON: (value: unknown) => boolean
}
// TypeScript does not know them yet. Source: ECMAScript, "JSON.parse source text access".
const { rawJSON, isRawJSON } = JSON as unknown as RawJson

/** Whether a text may have numbers that JSON.parse would change. */
export function mayLoseDigits(text: string): boolean {
  return changed.test(text)
}

/**
 * As JSON.parse, but numbers that JavaScript would change stay as they are written: to be written again by JSON.stringify, not to be
 * compared. Throws SyntaxError for what is no JSON.
 */
export function parseExactly(text: string): unknown {
  return mayLoseDigits(text) ? JSON.parse(text, kept) : JSON.parse(text)
}

/** Whether `parseExactly` left a number as it is written: for JavaScript it is an object. */
export function isWrittenNumber(value: unknown): boolean {
  return isRawJSON(value)
}

function kept(this: unknown, _: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? rawJSON(source)
    : value
}
