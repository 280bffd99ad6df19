import { isDue } from '#core/elapsed.ts'
import type { Arn } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { changesOf, type FoundAnywhere, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { FunctionHost, Outcome } from '#functions/index.ts'
import { deliver } from './deliver.ts'
import {
  asyncEvents,
  type AsyncEventDocument,
  eventInvokeConfigs,
  type FunctionDocument,
} from './documents.ts'
import { idOf } from './names.ts'
import { specOf } from './spec.ts'
import { resolveTarget, type Target } from './target.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: World
  readonly callAsService: CallAsService
  readonly host: FunctionHost
  /** Writes what functions logged so far: who finds no event waiting any more finds what its run logged. */
  readonly writeLogs: () => Promise<void>
  readonly log: Log
}

type Found = FoundAnywhere<AsyncEventDocument>

/** Source: Lambda Developer Guide, "Asynchronous invocation": two retries, after one minute and two; six hours; back-off of 1 s to 5 min. */
const defaults = { retriesMax: 2, ageMaxSec: 21_600 }
const retryMs = [60_000, 120_000] as const
const backOff = { firstMs: 1_000, maxMs: 300_000 }
/**
 * Our own: events under way at a time, how many of these places are for functions of which none is, so that one that is slow holds up
 * no other, and how often it is looked for what is due.
 */
const bounds = { underWay: 50, forOthers: 10, lookMs: 500 }
/** Of an event of which the disk did not take what became of it: until it is run again. */
const unwrittenPauseMs = 30_000

/** Runs what was accepted, in one worker: an event's document goes only when it is done and whoever is to hear of it has. */
export interface AsyncRunner {
  /** Begins what is due; answers when that has ended. */
  readonly look: () => Promise<void>
  close(): Promise<void>
}

/**
 * Runs events, retries those that failed, and sends what became of them on. What was under way when the server died runs again.
 * Source: Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation".
 */
export function createAsyncRunner({ store, world, callAsService, host, writeLogs, log }: Parts): AsyncRunner {
  const underWay = new Map<string, Promise<void>>()
  const pausedUntilMs = new Map<string, number>()
  /** How many events are under way, by function. */
  const ofFunction = new Map<string, number>()
  let closed = false

  const stopTail = store.tail((change) => {
    for (const one of changesOf(asyncEvents, change))
      if (one.before === undefined && one.after)
        begin({ account: one.account, region: one.region, id: one.id, document: one.after })
  })
  const stopLooking = world.every(bounds.lookMs, () => void look())

  async function look(): Promise<void> {
    const found = store.read.findAnywhere(asyncEvents, 'everywhere', 'all')
    for (const event of found.toSorted((one, other) => one.document.dueAtMs - other.document.dueAtMs))
      begin(event)
    await Promise.all(underWay.values())
  }

  function begin(found: Found): void {
    const { account, region, id, document } = found
    const key = `${account}/${region}/${id}`
    const functionKey = `${account}/${region}/${document.functionName}`
    const mine = ofFunction.get(functionKey) ?? 0
    if (
      closed ||
      underWay.has(key) ||
      underWay.size >= bounds.underWay - (mine > 0 ? bounds.forOthers : 0) ||
      !isDue(document.dueAtMs, world.nowMs(), backOff.maxMs) ||
      !isDue(pausedUntilMs.get(key) ?? 0, world.nowMs(), unwrittenPauseMs)
    )
      return
    pausedUntilMs.delete(key)
    ofFunction.set(functionKey, mine + 1)
    const work = handle(found)
      .then(() => undefined)
      .catch((error: unknown) => {
        pausedUntilMs.set(key, world.nowMs() + unwrittenPauseMs)
        log({ level: 'error', event: 'function-event-failed', reason: String(error) })
      })
      .finally(() => {
        underWay.delete(key)
        const left = (ofFunction.get(functionKey) ?? 1) - 1
        if (left > 0) ofFunction.set(functionKey, left)
        else ofFunction.delete(functionKey)
      })
    underWay.set(key, work)
  }

  async function handle(found: Found): Promise<unknown> {
    const { document: event } = found
    const target = resolveTarget(store.read, found, found.document, world.randomBytes)
    if (!target) return end(found)
    const { document, version, configuration } = target
    if (event.delivery) return send(found, document, configuration.roleArn)
    const config = store.read.get(eventInvokeConfigs, found, idOf(event.functionName, event.qualifier))
    const ageMs = world.nowMs() - event.acceptedAtMs
    if (ageMs > (config?.ageMaxSec ?? defaults.ageMaxSec) * 1000)
      return conclude(found, target, 'EventAgeExceeded', undefined)
    const outcome = await host.invoke(specOf(document, version, configuration), {
      requestId: found.id,
      payload: Buffer.from(event.payload),
      invokedArn: event.invokedArn,
      traceHeader: event.traceHeader,
    })
    await writeLogs()
    if (outcome.kind === 'success') return conclude(found, target, 'Success', outcome)
    if (outcome.kind !== 'function-error') {
      const delayMs = Math.min(backOff.firstMs * 2 ** Math.min(event.refusals, 20), backOff.maxMs)
      return keep(found, { refusals: event.refusals + 1, dueAtMs: world.nowMs() + delayMs })
    }
    const failures = event.failures + 1
    if (failures > (config?.retriesMax ?? defaults.retriesMax))
      return conclude({ ...found, document: { ...event, failures } }, target, 'RetriesExhausted', outcome)
    return keep(found, {
      failures,
      refusals: 0,
      dueAtMs: world.nowMs() + (retryMs[failures - 1] ?? retryMs[1]),
    })
  }

  /** Whoever is to hear of it does, then it is gone. */
  async function conclude(
    found: Found,
    target: Target,
    condition: Condition,
    outcome: Outcome | undefined,
  ): Promise<void> {
    const { functionName, qualifier } = found.document
    const config = store.read.get(eventInvokeConfigs, found, idOf(functionName, qualifier))
    const to = condition === 'Success' ? config?.onSuccess : (config?.onFailure ?? undefined)
    const { deadLetterArn } = target.configuration
    const delivery =
      to === undefined
        ? condition === 'Success' || deadLetterArn === undefined
          ? undefined
          : { to: deadLetterArn, kind: 'dead-letter' as const, ...deadLetter(found, outcome) }
        : {
            to,
            kind: 'destination' as const,
            body: record(found, target, condition, outcome),
            attributes: {},
          }
    if (!delivery) return end(found)
    const kept = await keep(found, { delivery, refusals: 0 })
    if (kept !== undefined)
      await send({ ...found, document: kept }, target.document, target.configuration.roleArn)
  }

  async function send(found: Found, document: FunctionDocument, roleArn: Arn): Promise<void> {
    const { delivery, refusals } = found.document
    if (!delivery) return
    const sent = await deliver(callAsService, document, roleArn, delivery)
    if (sent === 'later' && world.nowMs() - found.document.acceptedAtMs < 2 * defaults.ageMaxSec * 1000) {
      const delayMs = Math.min(backOff.firstMs * 2 ** Math.min(refusals, 20), backOff.maxMs)
      await keep(found, { refusals: refusals + 1, dueAtMs: world.nowMs() + delayMs })
      return
    }
    if (sent !== 'done')
      log({ level: 'warn', event: 'function-destination-refused', function: document.arn, to: delivery.to })
    await end(found)
  }

  function record(
    found: Found,
    { document, version }: Target,
    condition: Condition,
    outcome: Outcome | undefined,
  ): string {
    const { payload, failures, invokedArn, qualifier } = found.document
    const ran = outcome && 'payload' in outcome ? outcome : undefined
    return JSON.stringify({
      version: '1.0',
      timestamp: new Date(world.nowMs()).toISOString(),
      requestContext: {
        requestId: found.id,
        functionArn: qualifier === undefined ? `${document.arn}:$LATEST` : invokedArn,
        condition,
        approximateInvokeCount: failures + (condition === 'Success' ? 1 : 0),
      },
      requestPayload: JSON.parse(payload) as unknown,
      ...(ran && {
        responseContext: {
          statusCode: 200,
          executedVersion: version,
          ...(ran.kind === 'function-error' && { functionError: 'Unhandled' }),
        },
        responsePayload: parsed(ran.payload),
      }),
    })
  }

  function keep(found: Found, change: Partial<AsyncEventDocument>): Promise<AsyncEventDocument | undefined> {
    const { id } = found
    return store.transact((tx) => {
      const before = tx.get(asyncEvents, found, id)
      if (!before) return undefined
      const after = { ...before, failures: found.document.failures, ...change }
      tx.put(asyncEvents, found, id, after)
      return after
    })
  }

  function end(found: Found): Promise<void> {
    return store.transact((tx) => tx.delete(asyncEvents, found, found.id))
  }

  return {
    look,
    async close() {
      closed = true
      stopTail()
      stopLooking()
      await Promise.all(underWay.values())
    },
  }
}

type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded'

/** What no message attribute may hold. Source: SQS API Reference, SendMessage, MessageBody. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for.
const unsendable = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g

/** Source: Lambda Developer Guide, "Dead-letter queues", attributes of a message. */
function deadLetter({ id, document }: Found, outcome: Outcome | undefined) {
  const told = outcome && 'payload' in outcome ? parsed(outcome.payload) : undefined
  const ErrorMessage =
    typeof told === 'object' && told !== null && 'errorMessage' in told
      ? String(told.errorMessage).replaceAll(unsendable, '\uFFFD').slice(0, 1024).toWellFormed()
      : ''
  return {
    body: document.payload,
    attributes: { RequestID: id, ErrorCode: '200', ...(ErrorMessage !== '' && { ErrorMessage }) },
  }
}

function parsed(payload: Uint8Array): unknown {
  const text = Buffer.from(payload).toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text // A function of the Runtime API may answer anything.
  }
}
