/** Why something did not arrive, as EventBridge's dead letters say it. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  /** The code of the target's own fault, where it answered with one. */
  readonly fault?: string
  /** Whether trying again may help. */
  readonly again: boolean
  /** Not tried at all, as too many were just now: it is begun after so long, and nothing else for its target before that. */
  readonly postponeMs?: number
}

/** Source: EventBridge User Guide, "Using dead-letter queues to process undelivered events", ERROR_CODE. */
type ErrorCode =
  | 'NO_PERMISSIONS'
  | 'NO_RESOURCE'
  | 'THROTTLING'
  | 'INVALID_PARAMETER'
  | 'INTERNAL_ERROR'
  | 'ERROR_FROM_TARGET'
  | 'CONNECTION_FAILURE'
  | 'TIMEOUT'
  | 'THIRD_ACCOUNT_HOP_DETECTED'

/** The first row whose pattern a fault's code matches. */
const rows: readonly (readonly [faultCode: RegExp, code: ErrorCode, again: boolean])[] = [
  [/AccessDenied|NotAuthorized|Authorization/, 'NO_PERMISSIONS', false],
  [/NotFound|NonExistent|DoesNotExist|NoSuch/, 'NO_RESOURCE', false],
  [/Throttl|TooManyRequests|LimitExceeded|OverLimit/, 'THROTTLING', true],
  [/Invalid|Validation|Malformed|TooLarge|NotImplemented|Unsupported/, 'INVALID_PARAMETER', false],
  [/^Internal|ServiceUnavailable|ServiceException/, 'INTERNAL_ERROR', true],
]

/**
 * What a target's fault means. What would fail again goes to the dead letters at once.
 * Source: EventBridge User Guide, "How EventBridge retries delivering events".
 */
export function failureOf({ code, message }: { readonly code: string; readonly message: string }): Failure {
  const row = rows.find(([faultCode]) => faultCode.test(code))
  const [, errorCode = 'ERROR_FROM_TARGET', again = true] = row ?? []
  return { code: errorCode, message: `${code}: ${message}`, fault: code, again }
}

/** How long a target is tried. Source: EventBridge and Scheduler API References, RetryPolicy. */
export interface RetryPolicy {
  readonly MaximumRetryAttempts?: number | undefined
  readonly MaximumEventAgeInSeconds?: number | undefined
}

/** Source: as above, the defaults. */
const attemptsDefault = 185
const ageSecondsDefault = 86_400
/** Our own. Units: milliseconds. */
const firstWaitMs = 1_000
/** Between two attempts at most; what is due later than in so long was planned by a clock that was set back since. Units: milliseconds. */
export const longestWaitMs = 600_000

/** The condition that ends the retries, as dead letters name it. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'

/** Whether a target has been tried often or long enough. `attempts`: those that failed. */
export function exhausted(
  policy: RetryPolicy | undefined,
  { attempts, ageMs }: { readonly attempts: number; readonly ageMs: number },
): Exhausted | undefined {
  const { MaximumRetryAttempts = attemptsDefault, MaximumEventAgeInSeconds = ageSecondsDefault } =
    policy ?? {}
  if (attempts > MaximumRetryAttempts) return 'MaximumRetryAttempts'
  return ageMs >= MaximumEventAgeInSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined
}

/** How long to wait after so many failures: twice as long each time, less up to a half at random. Units: milliseconds. */
export function waitMs(attempts: number, randomBytes: (length: number) => Buffer): number {
  const full = Math.min(firstWaitMs * 2 ** (attempts - 1), longestWaitMs)
  return Math.ceil(full * (0.5 + randomBytes(4).readUInt32BE() / 2 ** 33))
}
