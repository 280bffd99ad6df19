import { Malformed } from './fault.ts'

/** Decodes percent escapes, which must be UTF-8. Faults: Malformed. */
export function uriDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) throw new Malformed('The query string contains a syntax error')
    throw error
  }
}

/** As `uriDecoded`; a plus is a space, as forms and query strings write it. Faults: Malformed. */
export function formDecoded(text: string): string {
  return uriDecoded(text.includes('+') ? text.replaceAll('+', ' ') : text)
}
