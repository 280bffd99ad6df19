/** Thrown within the parsers, and caught at their doors: what is wrong, in AWS's words. */
export class Refusal extends Error {}

/** What an attempt came to: `read`'s result, or the reason of the refusal that it threw. Anything else is a bug and goes on. */
export function refusing<T>(read: () => T): T | { readonly refused: string } {
  try {
    return read()
  } catch (reason) {
    if (reason instanceof Refusal) return { refused: reason.message }
    throw reason
  }
}
