/**
 * Whether a text is made of the pieces in their order with anything between them. The first and last piece stand at the ends; of
 * those between, the leftmost place is always right, so nothing is tried twice.
 */
export function wildcardMatcher(pieces: readonly string[]): (value: string) => boolean {
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  if (pieces.length === 1) return (value) => value === first
  const between = pieces.slice(1, -1)
  return (value) => {
    if (!value.startsWith(first) || !value.endsWith(last)) return false
    const end = value.length - last.length
    let offset = first.length
    for (const piece of between) {
      const at = value.indexOf(piece, offset)
      if (at < 0) return false
      offset = at + piece.length
    }
    return offset <= end
  }
}
