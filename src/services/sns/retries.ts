/** Faults of a target that may pass. What else it refuses, it refuses for good. Source: SNS Developer Guide, "Message delivery retries". */
const passing: ReadonlySet<string> = new Set([
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceException',
  'RequestThrottled',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])

export function mayPass(code: string): boolean {
  return passing.has(code)
}

/**
 * When a delivery is made again that failed so many times; undefined where it is given up. Units: milliseconds.
 * Source: SNS Developer Guide, "Amazon SNS message delivery retries", "Delivery policies for AWS managed endpoints": 3 at once, 2 after a second, 10 that back off, 100,000 every 20 seconds.
 */
export function retryAfterMs(attempts: number): number | undefined {
  if (attempts <= 3) return 0
  if (attempts <= 5) return 1_000
  if (attempts <= 15) return Math.min(20_000, 1_000 * 2 ** (attempts - 6))
  return attempts <= 100_015 ? 20_000 : undefined
}

/**
 * As above, for mail. Source: there, "Customer managed endpoints": 2 times 10 seconds apart, 10 that back off to ten minutes, 38 every ten
 * minutes: 50 in six hours.
 */
export function mailRetryAfterMs(attempts: number): number | undefined {
  if (attempts <= 2) return 10_000
  if (attempts <= 12) return Math.min(600_000, 10_000 * 2 ** (attempts - 3))
  return attempts <= 50 ? 600_000 : undefined
}
