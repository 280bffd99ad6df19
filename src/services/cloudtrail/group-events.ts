import type { CallAnswer, CallAsService } from '#core/service-calls.ts'
import type { Delivered } from './bucket-files.ts'
import { principal } from './declare.ts'
import { logGroupName, logStreamName, sessionName } from './destinations.ts'
import type { TrailDocument } from './documents.ts'

/**
 * Limits of a batch. Source: CloudWatch Logs API Reference, PutLogEvents; CloudTrail User Guide, "Monitoring CloudTrail Log Files with
 * Amazon CloudWatch Logs": events above 256 KB are not sent.
 */
const limits = { bytes: 1_048_576, events: 10_000, spanMs: 86_400_000, eventBytes: 262_144, overhead: 26 }

/** Sends records to the trail's log group, as its role; answers the code of the fault that ended it. */
export async function sendToGroup(
  callAsService: CallAsService,
  trail: TrailDocument,
  records: readonly Delivered[],
): Promise<string | undefined> {
  const { group, account, region } = trail
  const name = group && logGroupName(group.arn)
  if (!group || name === undefined) return undefined
  const stream = { logGroupName: name, logStreamName: logStreamName(account, region) }
  const ask = (operation: string, input: object): Promise<CallAnswer> =>
    callAsService({
      ...{ service: 'logs', operation, input, account, region },
      as: { kind: 'role', principal, roleArn: group.roleArn, sessionName, sourceArn: trail.arn },
    })
  for (const batch of batchesOf(records)) {
    const input = {
      ...stream,
      logEvents: batch.map(({ line, eventMs }) => ({ timestamp: eventMs, message: line })),
    }
    let answer = await ask('PutLogEvents', input)
    if (!answer.ok && answer.fault.code === 'ResourceNotFoundException') {
      const made = await ask('CreateLogStream', stream)
      answer = made.ok ? await ask('PutLogEvents', input) : made
    }
    if (!answer.ok) return answer.fault.code
  }
  return undefined
}

/** In the order of time, as PutLogEvents wants it. */
function batchesOf(records: readonly Delivered[]): readonly (readonly Delivered[])[] {
  const batches: Delivered[][] = []
  let [batch, bytes]: [Delivered[], number] = [[], 0]
  for (const record of records.toSorted((one, other) => one.eventMs - other.eventMs)) {
    const size = Buffer.byteLength(record.line) + limits.overhead
    if (size > limits.eventBytes) continue
    const [first] = batch
    const isFull =
      bytes + size > limits.bytes ||
      batch.length >= limits.events ||
      (first !== undefined && record.eventMs - first.eventMs >= limits.spanMs)
    if (isFull) {
      batches.push(batch)
      ;[batch, bytes] = [[], 0]
    }
    batch.push(record)
    bytes += size
  }
  return batch.length === 0 ? batches : [...batches, batch]
}
