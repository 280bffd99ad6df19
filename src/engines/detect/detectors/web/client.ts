import type { WebRecord } from '../../records.ts'

/** Several detectors remember the same client: one string for all of them. */
let last: WebRecord | undefined
let lastClient = ''

/** A client of a load balancer, as what is remembered of it is called. */
export function clientOf(record: WebRecord): string {
  if (record === last) return lastClient
  last = record
  return (lastClient = `${record.clientIp} ${record.resourceArn}`)
}
