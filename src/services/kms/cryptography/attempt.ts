/**
 * Runs one call of node:crypto on bytes from outside; undefined when it throws.
 * OpenSSL's errors for bytes that are no key, no ciphertext, no wrapped key ... have no common code or class, so all are taken as
 * the answer no: keep the callback to the one call, with its other arguments checked before.
 */
export function attempt<Result>(call: () => Result): Result | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}
