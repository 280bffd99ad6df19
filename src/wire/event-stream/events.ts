import { eventStreamFrame } from './frame.ts'

/** Events of an output: the name of each, and its members as the model has them. */
export type Events = AsyncIterableIterator<
  readonly [name: string, members: Readonly<Record<string, unknown>>]
>

export const eventStreamType = 'application/vnd.amazon.eventstream'

export function isEvents(value: unknown): value is Events {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/**
 * The events as they leave: a member of bytes is an event's payload, otherwise its members are JSON. What is named an exception is one, and
 * the last. A protocol without a place for an output beside its events begins with an event of it.
 * Source: Smithy 2.0, "Amazon Event Stream specification"; "AWS JSON 1.1 protocol", initial-response messages.
 */
export function eventStreamBytes(
  events: Events,
  withInitialResponse = false,
): AsyncIterableIterator<Uint8Array> {
  let isFirst = withInitialResponse
  return {
    async next() {
      if (isFirst) {
        isFirst = false
        return { done: false, value: frameOf('initial-response', {}) }
      }
      const next = await events.next()
      return next.done === true
        ? { done: true, value: undefined }
        : { done: false, value: frameOf(...next.value) }
    },
    async return() {
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function frameOf(name: string, members: Readonly<Record<string, unknown>>): Uint8Array {
  const bytes = Object.values(members).find((value) => value instanceof Uint8Array)
  const type = bytes ? 'application/octet-stream' : 'application/json'
  const kind = name.endsWith('Exception') ? 'exception' : 'event'
  const headers = { ':message-type': kind, [`:${kind}-type`]: name, ':content-type': type }
  return eventStreamFrame(headers, bytes ?? Buffer.from(JSON.stringify(members)))
}
