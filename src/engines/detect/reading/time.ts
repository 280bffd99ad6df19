let lastText = ''
let lastMs = Number.NaN

/** When a text of ISO 8601 says. Records of one second come one after the other: the last text is known. */
export function timeOf(text: string): number {
  if (text === lastText) return lastMs
  lastText = text
  return (lastMs = Date.parse(text))
}
