import type { World } from '#core/world.ts'
import type { EdgeRequest } from '../request.ts'
import { isNamed } from './head-text.ts'

/**
 * The X-Amzn-Trace-Id that a target gets: a new root where the client sent none, else the client's fields with this hop's `Self` before
 * them. Source: ELB User Guide for Application Load Balancers, "Request tracing".
 */
export function traceId(
  { headers, receivedAtMs }: EdgeRequest,
  { randomBytes }: Pick<World, 'randomBytes'>,
): string {
  const fresh = `1-${Math.floor(receivedAtMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')}`
  const sent = headers.find(([name]) => name.length === 15 && isNamed(name, 'x-amzn-trace-id'))?.[1]
  if (sent === undefined || !/(?:^|;)Root=/.test(sent)) return `Root=${fresh}`
  const rest = sent
    .split(';')
    .filter((field) => field !== '' && !field.startsWith('Self='))
    .join(';')
  return `Self=${fresh};${rest}`
}
