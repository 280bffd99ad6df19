/**
 * A trace that begins here, and is not sampled: nothing collects traces.
 * Source: X-Ray Developer Guide, "Tracing header".
 */
export function newTraceHeader(nowMs: number, randomBytes: (length: number) => Buffer): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`
}
