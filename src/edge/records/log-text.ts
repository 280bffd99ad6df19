/** A text of one byte a character as logs show it: what could end a field or a line stands as `\xNN`. */
function escaped(text: string): string {
  return text.replace(
    /[^\x20-\x7e]|["\\]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

/** A field in quotation marks; `-` where there is none. */
export function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? '"-"' : `"${escaped(text)}"`
}

/** Year, month, day, hour and minute of a moment, as file names have them. */
export function dateParts(ms: number) {
  const text = new Date(ms).toISOString()
  return {
    year: text.slice(0, 4),
    month: text.slice(5, 7),
    day: text.slice(8, 10),
    hour: text.slice(11, 13),
    minute: text.slice(14, 16),
  }
}
