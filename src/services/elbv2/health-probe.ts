import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { HealthCheck, TargetHealth } from './documents.ts'
import { readMatcher } from './health-check.ts'

/** What one check came to. */
export type Probed =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: NonNullable<TargetHealth['reason']>; readonly description: string }

/**
 * Asks a target whether it is well; the answer's status alone counts. Source: ELB User Guide for Application Load Balancers, "Health
 * checks for target groups". A target's certificate is not verified, as with AWS.
 */
export function probe(
  check: HealthCheck,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<Probed> {
  const matches = readMatcher(check.matcher)
  const at = check.port === 'traffic-port' ? port : check.port
  const ask = check.protocol === 'HTTPS' ? requestHttps : requestHttp
  return new Promise((resolve) => {
    const failed = (reason: NonNullable<TargetHealth['reason']>, description: string): void =>
      resolve({ ok: false, reason, description })
    const request = ask(
      {
        host: address,
        port: at,
        path: check.path,
        headers: { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
        agent: false,
        rejectUnauthorized: false,
        signal: AbortSignal.timeout(check.timeoutSec * 1000),
      },
      (response) => {
        const { statusCode = 0 } = response
        // The body is not read: it may be endless.
        response.destroy()
        if (matches(statusCode)) resolve({ ok: true })
        else failed('Target.ResponseCodeMismatch', `Health checks failed with these codes: [${statusCode}]`)
      },
    )
    request.on('error', (error) =>
      error.name === 'TimeoutError' || error.name === 'AbortError'
        ? failed('Target.Timeout', 'Request timed out')
        : failed('Target.FailedHealthChecks', 'Health checks failed'),
    )
    // Whatever else ends it: an answer that would change the protocol is neither an answer here nor an error.
    request.on('close', () => failed('Target.FailedHealthChecks', 'Health checks failed'))
    request.end()
  })
}
