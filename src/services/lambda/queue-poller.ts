import { isDue, isOver } from '#core/elapsed.ts'
import type { Log } from '#core/log.ts'
import { parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { createPatternSet, parsePattern } from '#engines/events/index.ts'
import { type FunctionHost, type Outcome, quotas } from '#functions/index.ts'
import { principal } from './declare.ts'
import { queueUrl } from './deliver.ts'
import { type MappingDocument, mappings } from './documents.ts'
import { recordOf, type QueueMessage, type QueueRecord } from './queue-records.ts'
import { specOf } from './spec.ts'
import { resolveTarget } from './target.ts'
import { newTraceHeader } from './trace-header.ts'

interface Parts {
  readonly store: Pick<Store, 'read'>
  readonly world: World
  readonly callAsService: CallAsService
  readonly host: FunctionHost
  /** Writes what functions logged so far: a message that is gone left what its run logged. */
  readonly writeLogs: () => Promise<void>
  readonly log: Log
}

/** Our own: pollers of one mapping where it names no maximum; how long one waits for messages, and after a refusal. */
const bounds = { pollers: 5, lookMs: 1_000, waitSec: 1, pauseMs: 5_000 }
/** Source: Lambda Developer Guide, "Batching behavior": a batch is full, too, where its payload has 6 MB. */
const batchBytesMax = quotas.requestBytesMax

/** Works off queues, in one worker. */
export interface QueuePoller {
  /** Asks each queue once more, where there is a poller free; answers when what came of it has ended. */
  readonly look: () => Promise<void>
  close(): Promise<void>
}

/**
 * Receives messages by the role of a function, runs it with them, and deletes what it did: what it did not comes again when its
 * visibility ends, until the queue's own redrive policy moves it.
 * Source: Lambda Developer Guide, "Using Lambda with Amazon SQS".
 */
export function createQueuePoller({ store, world, callAsService, host, writeLogs, log }: Parts): QueuePoller {
  const polling = new Map<string, Set<Promise<void>>>()
  const pausedUntilMs = new Map<string, number>()
  let closed = false
  const isOpen = (): boolean => !closed
  const stopLooking = world.every(bounds.lookMs, () => void look())

  async function look(): Promise<void> {
    if (closed) return
    const all = store.read.findAnywhere(mappings, 'everywhere', 'all')
    const there = new Set(all.map(({ document }) => document.uuid))
    for (const id of pausedUntilMs.keys()) if (!there.has(id)) pausedUntilMs.delete(id)
    for (const { document } of all) begin(document)
    await Promise.all([...polling.values()].flatMap((works) => [...works]))
  }

  function begin(mapping: MappingDocument): void {
    const { uuid: id, enabled, concurrencyMax = bounds.pollers } = mapping
    const works = polling.get(id) ?? new Set()
    const isPaused = !isDue(pausedUntilMs.get(id) ?? 0, world.nowMs(), bounds.pauseMs)
    if (closed || !enabled || works.size >= concurrencyMax || isPaused) return
    polling.set(id, works)
    const work: Promise<void> = pollOnce(mapping).then((found) => {
      works.delete(work)
      if (works.size === 0) polling.delete(id)
      const now = store.read.get(mappings, mapping, id)
      if (found && now) begin(now) // There may be more.
      return undefined
    })
    works.add(work)
  }

  async function pollOnce(mapping: MappingDocument): Promise<boolean> {
    try {
      return await poll(mapping)
    } catch (error) {
      // Whatever it is: the other mappings go on, and this one after a while.
      log({ level: 'error', event: 'queue-not-polled', mapping: mapping.uuid, reason: String(error) })
      pausedUntilMs.set(mapping.uuid, world.nowMs() + bounds.pauseMs)
      return false
    }
  }

  /** Tells whether there were messages. */
  async function poll(mapping: MappingDocument): Promise<boolean> {
    const target = resolveTarget(store.read, mapping, mapping, world.randomBytes)
    if (!target) return false
    const spec = specOf(target.document, target.version, target.configuration)
    const region = parseArn(mapping.queueArn)?.region ?? mapping.region
    const ask = (operation: string, input: object) =>
      callAsService({
        service: 'sqs',
        operation,
        input: { QueueUrl: queueUrl(mapping.queueArn), ...input },
        account: mapping.account,
        region,
        as: {
          kind: 'role',
          roleArn: spec.roleArn,
          sessionName: spec.functionName,
          principal,
          sourceArn: spec.functionArn,
        },
      })
    const messages = await receive(mapping, ask)
    if (messages.length === 0) return false
    const records = messages.map((message) => recordOf(message, mapping.queueArn, region))
    const isWanted = wantedBy(mapping)
    const wanted = new Set(records.filter(isWanted))
    const done = records.filter((record) => !wanted.has(record))
    for (const part of partsOf([...wanted])) {
      const outcome = await host.invoke(spec, {
        requestId: uuid(world.randomBytes),
        payload: Buffer.from(JSON.stringify({ Records: part })),
        invokedArn: mapping.functionArn,
        traceHeader: newTraceHeader(world.nowMs(), world.randomBytes),
      })
      await writeLogs()
      done.push(...doneOf(mapping, part, outcome))
      if (outcome.kind === 'success' || outcome.kind === 'function-error') continue
      pausedUntilMs.set(mapping.uuid, world.nowMs() + bounds.pauseMs)
      break
    }
    const entries = done.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }))
    for (let at = 0; at < entries.length; at += 10) {
      const answer = await ask('DeleteMessageBatch', { Entries: entries.slice(at, at + 10) })
      if (!answer.ok)
        log({ level: 'warn', event: 'queue-not-emptied', mapping: mapping.uuid, code: answer.fault.code })
    }
    return true
  }

  type Ask = (operation: string, input: object) => ReturnType<CallAsService>

  async function receive(mapping: MappingDocument, ask: Ask): Promise<readonly QueueMessage[]> {
    const messages: QueueMessage[] = []
    let bytes = 0
    const sinceMs = world.nowMs()
    const isWindowOver = (): boolean => isOver(sinceMs, world.nowMs(), mapping.windowSec * 1000)
    do {
      const answer = await ask('ReceiveMessage', {
        MaxNumberOfMessages: Math.min(10, mapping.batchSize - messages.length),
        WaitTimeSeconds: bounds.waitSec,
        MessageSystemAttributeNames: ['All'],
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      })
      if (!answer.ok) {
        log({ level: 'warn', event: 'queue-not-polled', mapping: mapping.uuid, code: answer.fault.code })
        pausedUntilMs.set(mapping.uuid, world.nowMs() + bounds.pauseMs)
        break
      }
      const { Messages = [] } = answer.output as { readonly Messages?: readonly QueueMessage[] } // SQS's own answer.
      messages.push(...Messages)
      bytes += Messages.reduce((sum, { Body }) => sum + Buffer.byteLength(Body), 0)
      if (Messages.length === 0 && messages.length === 0) break // Nothing began the window.
    } while (messages.length < mapping.batchSize && bytes < batchBytesMax && !isWindowOver() && isOpen())
    return messages
  }

  return {
    look,
    async close() {
      closed = true
      stopLooking()
      await Promise.all([...polling.values()].flatMap((works) => [...works]))
    },
  }
}

/** A body that is JSON is matched as that, another one as a text. Source: Lambda Developer Guide, "Control which events Lambda sends to your function". */
function wantedBy({ filters }: MappingDocument): (record: QueueRecord) => boolean {
  if (filters.length === 0) return () => true
  const entries = filters.flatMap((text) => {
    const parsed = parsePattern(text)
    return parsed.ok ? [{ pattern: parsed.pattern, value: text }] : [] // It was parsed when it was saved.
  })
  const patterns = createPatternSet(entries)
  return (record) => patterns.match({ ...record, body: parsedBody(record.body) }).length > 0
}

/** Parts of a batch that one invocation takes each. */
function partsOf(records: readonly QueueRecord[]): readonly (readonly QueueRecord[])[] {
  const parts: QueueRecord[][] = []
  let bytes = Infinity
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1
    if (bytes + size > batchBytesMax - '{"Records":[]}'.length) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)?.push(record)
    bytes += size
  }
  return parts
}

/** What of a batch is not to come again. */
function doneOf(
  { reportsFailures }: MappingDocument,
  records: readonly QueueRecord[],
  outcome: Outcome,
): readonly QueueRecord[] {
  if (outcome.kind !== 'success') return []
  const failures = reportsFailures ? failuresIn(outcome.payload) : []
  if (failures === 'all') return []
  const failed = new Set(failures)
  return records.filter(({ messageId }) => !failed.has(messageId))
}

function parsedBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}

/** Source: Lambda Developer Guide, "Implementing partial batch responses": where it is no JSON, or names something else, all failed. */
function failuresIn(payload: Uint8Array): readonly string[] | 'all' {
  const text = Buffer.from(payload).toString('utf8')
  const answer = parsedBody(text)
  if (answer === text && text !== '') return 'all' // It is no JSON.
  if (answer === null || typeof answer !== 'object' || !('batchItemFailures' in answer)) return []
  const { batchItemFailures: failures } = answer
  if (failures === null) return []
  if (!Array.isArray(failures)) return 'all'
  const ids = failures.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'itemIdentifier' in one ? one.itemIdentifier : undefined,
  )
  return ids.every((id) => typeof id === 'string' && id !== '') ? (ids as string[]) : 'all' // Each was looked at.
}
