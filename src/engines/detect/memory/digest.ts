const offset = 0x811c9dc5
const prime = 0x01000193

/** A short stand-in for a text that may be long: two texts seldom have the same. Source: FNV-1a, 32 bits. */
export function digest(text: string): number {
  let hash = offset
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), prime)
  return hash >>> 0
}
