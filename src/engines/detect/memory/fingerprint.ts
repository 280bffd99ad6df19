const offset = 0x811c9dc5
const prime = 0x01000193
const positive = 0x3fffffff

/**
 * A small integer for a text, the same at all times: what is remembered of a text where the text itself would be too long. Two texts share
 * one by chance once in a thousand million pairs; that costs a finding at most.
 * Source: "The FNV Non-Cryptographic Hash Algorithm", FNV-1a of 32 bits; cut to 30 bits, which V8 stores without a heap number.
 */
export function fingerprint(text: string, salt = 0, end = text.length): number {
  let hash = offset ^ salt
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), prime)
  return (hash ^ (hash >>> 30)) & positive
}
