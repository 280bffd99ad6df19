import type { SessionStatement } from '#core/caller.ts'
import { type Operation, openToAnyAuthenticatedCaller } from '#core/operation.ts'
import { mintCredentials } from './credentials.ts'
import { sts, type StsParts } from './declare.ts'
import { faults } from './faults.ts'
import { durations } from './quotas.ts'
import { longTermCaller } from './session-callers.ts'

/**
 * Hands a user, or root, a session of itself. Without MFA it may do less than the key that asked for it: see
 * `core/session-limits.ts` and `session-callers.ts`.
 *
 * Source: STS API Reference, GetSessionToken: no permissions are required, and policies cannot control it.
 */
export function getSessionToken({ sessions }: StsParts): Operation {
  return sts('GetSessionToken', {
    access: openToAnyAuthenticatedCaller,
    run({ input, call }) {
      const { account, nowMs, randomBytes } = call
      const caller = longTermCaller(call.caller, 'GetSessionToken')
      if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw faults.noSuchDevice()
      const { DurationSeconds = durations.getSessionToken.default } = input
      const seconds = caller.kind === 'root' ? Math.min(DurationSeconds, durations.root.max) : DurationSeconds
      const statement: SessionStatement = {
        kind: 'session',
        account,
        name: caller.kind === 'user' ? caller.userName : '',
        uniqueId: caller.userId,
        issuedAtMs: nowMs,
        expiresAtMs: nowMs + seconds * 1000,
      }
      return mintCredentials(account, statement, {
        sessions,
        randomBytes,
        lengthMin: input.MinimumSessionTokenSize,
      })
    },
  })
}
