import type { SessionStatement } from './caller.ts'

const numbers = new WeakMap<SessionStatement, number>()
let lastNumber = 0

/**
 * The name under which something is kept of a caller. An access key id tells long-term keys apart, and no sessions: theirs have 39 random
 * bits, so that among a million of an account two are alike. A session is known by its statement, the object that its token was opened to.
 */
export function callerKey(accessKeyId: string, session?: SessionStatement): string {
  return session === undefined ? accessKeyId : `${accessKeyId} ${numberOf(session)}`
}

/** A number for each statement, given once and never again. */
function numberOf(session: SessionStatement): number {
  const known = numbers.get(session)
  if (known !== undefined) return known
  numbers.set(session, (lastNumber += 1))
  return lastNumber
}
