import type { InputLogEvent, RejectedLogEventsInfo } from '#models/logs.d.ts'
import { eventOverheadBytes } from '#telemetry/index.ts'
import { onArn } from './access.ts'
import { findStream } from './arns.ts'
import { logs } from './declare.ts'
import { faults } from './faults.ts'
import { writingKey } from './keys.ts'
import { quotas } from './quotas.ts'
import { keptSinceMs } from './retention.ts'

/**
 * Appends a batch of events to a stream; answered once they are on disk. Events that are too old or too new are left out, and told.
 * Faults: InvalidParameterException for a batch out of order, too large, or longer than a day. Sequence tokens are ignored, as in AWS.
 * Source: CloudWatch Logs API Reference, PutLogEvents.
 */
export const PutLogEvents = logs('PutLogEvents', {
  target: ({ logGroupName, logStreamName }, call) => findStream(call, logGroupName, logStreamName),
  access: (stream, _, call) => [onArn(call, 'PutLogEvents', stream)],
  async prepare({ target: { group, stream }, input: { logEvents, entity }, call }) {
    if (entity !== undefined) throw faults.invalid('Entities are not supported.')
    requireBatch(logEvents)
    const { events, rejected } = sift(logEvents, call.nowMs, keptSinceMs(group, call.nowMs))
    if (events.length > 0)
      await call.parts.logs.append({
        group: group.id,
        stream: stream.id,
        ingestedMs: call.nowMs,
        events: events.map(({ timestamp, message }) => ({ timestampMs: timestamp, message })),
        key: await writingKey(call.parts.callAsService, group),
      })
    return rejected
  },
  run: ({ target: { stream }, prepared: rejectedLogEventsInfo }) => ({
    nextSequenceToken: stream.id,
    ...(rejectedLogEventsInfo && { rejectedLogEventsInfo }),
  }),
})

function requireBatch(events: readonly InputLogEvent[]): void {
  let [bytes, before] = [0, 0]
  for (const { timestamp, message } of events) {
    const size = Buffer.byteLength(message) + eventOverheadBytes
    if (size > quotas.eventBytes)
      throw faults.invalid(`Log event too large: ${size} bytes exceeds limit of ${quotas.eventBytes}`)
    bytes += size
    if (timestamp < before)
      throw faults.invalid('Log events in a single PutLogEvents request must be in chronological order.')
    before = timestamp
  }
  if (bytes > quotas.batchBytes)
    throw faults.invalid(`Upload too large: ${bytes} bytes exceeds limit of ${quotas.batchBytes}`)
  if (before - (events[0]?.timestamp ?? 0) > quotas.batchSpanMs)
    throw faults.invalid(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    )
}

/** Parts the events that are kept from those that are too old or too new: they are in order, so that two cuts do. */
function sift(
  events: readonly InputLogEvent[],
  nowMs: number,
  keptSince: number,
): { readonly events: readonly InputLogEvent[]; readonly rejected: RejectedLogEventsInfo | undefined } {
  const countBefore = (timeMs: number): number => {
    const at = events.findIndex(({ timestamp }) => timestamp >= timeMs)
    return at < 0 ? events.length : at
  }
  const [expired, tooOld] = [countBefore(keptSince), countBefore(nowMs - quotas.tooOldMs)]
  const tooNew = countBefore(nowMs + quotas.tooNewMs + 1)
  const rejected = {
    ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  }
  return {
    events: events.slice(Math.max(expired, tooOld), tooNew),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  }
}
