import type { Call } from '#core/call.ts'
import { faults } from './faults.ts'

const purpose = 'kms-grant-token'

/**
 * The token of a grant: sealed, so that nobody makes one up, and kept nowhere. A grant takes effect with the answer that made it, so
 * a token adds nothing to a later call; it is checked all the same, and RetireGrant finds the grant by it.
 */
export function grantToken({ seal }: Pick<Call, 'seal'>, keyArn: string, grantId: string): string {
  return Buffer.from(seal.seal(purpose, '', `${keyArn} ${grantId}`)).toString('base64')
}

/**
 * The grant that a token is of.
 * Faults: InvalidGrantTokenException.
 */
export function readGrantToken(
  { seal }: Pick<Call, 'seal'>,
  token: string,
): { keyArn: string; grantId: string } {
  const opened = seal.tryOpen(purpose, '', Buffer.from(token, 'base64').toString('latin1'))
  const [keyArn, grantId] = opened?.toString().split(' ') ?? []
  if (keyArn === undefined || grantId === undefined) throw faults.invalidGrantToken()
  return { keyArn, grantId }
}

/** Refuses a call that brings a token which is none. Faults: InvalidGrantTokenException. */
export function checkGrantTokens(call: Pick<Call, 'seal'>, tokens: readonly string[] | undefined = []): void {
  for (const token of tokens) readGrantToken(call, token)
}
