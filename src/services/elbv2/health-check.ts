import type { HealthCheck } from './documents.ts'
import { faults } from './faults.ts'

/** The members by which requests say how targets are checked. */
export interface GivenHealthCheck {
  readonly HealthCheckProtocol?: string | undefined
  readonly HealthCheckPort?: string | undefined
  readonly HealthCheckEnabled?: boolean | undefined
  readonly HealthCheckPath?: string | undefined
  readonly HealthCheckIntervalSeconds?: number | undefined
  readonly HealthCheckTimeoutSeconds?: number | undefined
  readonly HealthyThresholdCount?: number | undefined
  readonly UnhealthyThresholdCount?: number | undefined
  readonly Matcher?:
    { readonly HttpCode?: string | undefined; readonly GrpcCode?: string | undefined } | undefined
}

/** Source: ELBv2 API Reference, CreateTargetGroup: what a group of application load balancers has by default. */
const fallback: HealthCheck = {
  enabled: true,
  protocol: 'HTTP',
  port: 'traffic-port',
  path: '/',
  intervalSec: 30,
  timeoutSec: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
}

/** How targets are checked, from what is given and what was before. Faults: ValidationError. */
export function readHealthCheck(given: GivenHealthCheck, before: HealthCheck = fallback): HealthCheck {
  const { HealthCheckProtocol: protocol = before.protocol } = given
  if (protocol !== 'HTTP' && protocol !== 'HTTPS')
    throw faults.validation(`Health check protocol '${protocol}' must be HTTP or HTTPS`)
  if (given.HealthCheckEnabled === false)
    throw faults.validation('Health check enabled must be true for target groups with target type ip')
  if (given.Matcher?.GrpcCode !== undefined) throw faults.validation('gRPC codes are not supported')
  const check: HealthCheck = {
    enabled: true,
    protocol,
    port: given.HealthCheckPort === undefined ? before.port : portOf(given.HealthCheckPort),
    path: given.HealthCheckPath ?? before.path,
    intervalSec: given.HealthCheckIntervalSeconds ?? before.intervalSec,
    timeoutSec: given.HealthCheckTimeoutSeconds ?? before.timeoutSec,
    healthyThreshold: given.HealthyThresholdCount ?? before.healthyThreshold,
    unhealthyThreshold: given.UnhealthyThresholdCount ?? before.unhealthyThreshold,
    matcher: given.Matcher?.HttpCode ?? before.matcher,
  }
  if (!/^\/[\x21-\x7e]{0,1023}$/.test(check.path))
    throw faults.validation(`Health check path '${check.path}' must begin with a '/' character`)
  if (check.timeoutSec >= check.intervalSec)
    throw faults.validation('Health check timeout must be smaller than the interval')
  readMatcher(check.matcher)
  return check
}

function portOf(text: string): HealthCheck['port'] {
  if (text === 'traffic-port') return text
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw faults.validation(`Health check port '${text}' must be 'traffic-port' or a number from 1 to 65535`)
  return port
}

/** Which status codes say that a target is well: `200`, `200,202`, `200-299`. Faults: ValidationError. */
export function readMatcher(text: string): (status: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const [, first, last = first] = /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim()) ?? []
    const range = [Number(first), Number(last)] as const
    if (!(range[0] >= 200 && range[0] <= range[1] && range[1] <= 499))
      throw faults.validation(`Health check matcher HTTP code '${text}' must be within '200-499'`)
    return range
  })
  return (status) => ranges.some(([first, last]) => first <= status && status <= last)
}
