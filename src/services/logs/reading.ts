import { LogKeyMissing, type LogScan, type LogScanStep } from '#telemetry/index.ts'
import type { LogsCall } from './declare.ts'
import { type GroupDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { openDataKeys } from './keys.ts'
import { keptSinceMs } from './retention.ts'

/**
 * Reads events of a group: those that it keeps still, under keys that KMS opens now.
 * Faults: AccessDeniedException where a key cannot be used.
 */
export async function* readGroup(
  call: Pick<LogsCall, 'nowMs'> & { readonly parts: Pick<LogsCall['parts'], 'logs' | 'callAsService'> },
  group: GroupDocument,
  scan: Omit<LogScan, 'group' | 'keys'>,
): AsyncGenerator<LogScanStep> {
  const { logs, callAsService } = call.parts
  const keys = await openDataKeys(callAsService, group)
  const fromMs = Math.max(scan.fromMs, keptSinceMs(group, call.nowMs))
  try {
    yield* logs.scan({ ...scan, fromMs, group: group.id, keys })
  } catch (error) {
    if (error instanceof LogKeyMissing) throw faults.keyUnusable(group.arn)
    throw error
  }
}

/** Names of a group's streams by their ids: events of a stream that was deleted are shown no more. */
export function streamNames(call: LogsCall, group: GroupDocument, prefix = ''): Map<string, string> {
  return new Map(
    call.streams.list({ prefix: within(group, prefix) }).map(({ document }) => [document.id, document.name]),
  )
}
