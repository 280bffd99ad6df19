/**
 * A trace that begins here, and is not sampled: nothing collects traces.
 * Source: X-Ray Developer Guide, "Tracing header".
 */
export function newTraceHeader(nowMs: number, randomBytes: (length: number) => Buffer): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')
  return traceHeader(`1-${seconds}-${randomBytes(12).toString('hex')}`, '0', randomBytes)
}

/** A trace that a caller began goes on; what is none begins here. */
export function continuedTraceHeader(
  given: string | undefined,
  nowMs: number,
  randomBytes: (length: number) => Buffer,
): string {
  const root = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/i.exec(given ?? '')?.[1]
  if (root === undefined) return newTraceHeader(nowMs, randomBytes)
  const sampled = /(?:^|;)\s*Sampled=1(?:;|$)/i.test(given ?? '') ? '1' : '0'
  return traceHeader(root, sampled, randomBytes)
}

function traceHeader(root: string, sampled: string, randomBytes: (length: number) => Buffer): string {
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=${sampled}`
}
