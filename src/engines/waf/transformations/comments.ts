/**
 * Each C-style comment becomes one space; one that does not end reaches to the end of the text.
 * Source: ModSecurity reference, replaceComments.
 */
export function replaceComments(text: string): string {
  let open = text.indexOf('/*')
  if (open < 0) return text
  let out = ''
  let kept = 0
  while (open >= 0) {
    out += `${text.slice(kept, open)} `
    const close = text.indexOf('*/', open + 2)
    if (close < 0) return out
    kept = close + 2
    open = text.indexOf('/*', kept)
  }
  return out + text.slice(kept)
}

/**
 * Removes the characters that begin or end a comment: slash-star, star-slash, `--`, `#` and `<!--`, `-->`.
 * Source: ModSecurity reference, removeCommentsChar.
 */
export function removeCommentsChar(text: string): string {
  return text.replace(/<!--|-->|\/\*|\*\/|--|#/g, '')
}
