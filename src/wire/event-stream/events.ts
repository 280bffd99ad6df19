import { eventStreamFrame } from './frame.ts'

/** Events of an output: the name of each, and its members as the model has them. */
export type Events = AsyncIterableIterator<
  readonly [name: string, members: Readonly<Record<string, unknown>>]
>

export const eventStreamType = 'application/vnd.amazon.eventstream'

export function isEvents(value: unknown): value is Events {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** The events as they leave: a member of bytes is an event's payload, otherwise its members are JSON. */
export function eventStreamBytes(events: Events): AsyncIterableIterator<Uint8Array> {
  return {
    async next() {
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
  const headers = { ':message-type': 'event', ':event-type': name, ':content-type': type }
  return eventStreamFrame(headers, bytes ?? Buffer.from(JSON.stringify(members)))
}
