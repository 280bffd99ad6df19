import type { Rejection } from './rejection.ts'

/** An object as JSON has it: own properties of any name, `__proto__` included, which read as what they are. */
export type JsonObject = Record<string, unknown>

/** Deeper than any log of AWS nests. */
const depthMax = 100
/** What is shorter cannot nest so deep that anything minds. */
const checkedFrom = 4096

/** Parses an object. Units: `lengthMax` in characters. */
export function parseObject(
  text: string,
  lengthMax: number,
): { readonly object: JsonObject } | { readonly rejected: Rejection } {
  if (text.length > lengthMax) return { rejected: 'too long' }
  if (text.length >= checkedFrom && isTooDeep(text)) return { rejected: 'too deep' }
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) ? { object: parsed } : { rejected: 'wrong type' }
  } catch {
    return { rejected: 'not JSON' } // JSON.parse throws for no other reason.
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93]

/** Counts brackets outside of strings, before anything is made of them. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      for (at += 1; at < text.length; at += 1) {
        const inside = text.charCodeAt(at)
        if (inside === backslash) at += 1
        else if (inside === quote) break
      }
    } else if (code === openBrace || code === openBracket) {
      depth += 1
      if (depth > depthMax) return true
    } else if (code === closeBrace || code === closeBracket) depth -= 1
  }
  return false
}

/**
 * Whether members are texts where they are there at all. What is null is taken away: readers of the record ask for `undefined` alone.
 */
export function haveTexts(object: JsonObject, names: readonly string[]): boolean {
  for (const name of names) {
    const value = object[name]
    if (typeof value === 'string' || value === undefined) continue
    if (value !== null) return false
    delete object[name]
  }
  return true
}

/** The same for objects. */
export function haveObjects(object: JsonObject, names: readonly string[]): boolean {
  for (const name of names) {
    const value = object[name]
    if (value !== undefined && value !== null && !isObject(value)) return false
  }
  return true
}
