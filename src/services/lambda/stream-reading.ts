import type { ResponseStream, StreamEnd, StreamPart } from '#functions/index.ts'

/** A function's stream as an iterator: what `piece` makes of each piece, and `last` of its end. Whoever stops reading lets go of it. */
export function readingOf<Item>(
  stream: ResponseStream,
  begun: StreamPart,
  { piece, last }: { readonly piece: (bytes: Uint8Array) => Item; readonly last: (end: StreamEnd) => Item[] },
): AsyncIterableIterator<Item> {
  let waiting: Item[] = []
  let ended = false
  let first: StreamPart | undefined = begun
  return {
    async next() {
      while (waiting.length === 0 && !ended) {
        const { pieces, end } = first ?? (await stream.read())
        first = undefined
        waiting = pieces.map(piece)
        if (end) waiting.push(...last(end))
        ended = end !== undefined
      }
      const value = waiting.shift()
      return value === undefined ? { done: true, value } : { done: false, value }
    },
    return() {
      stream.cancel()
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
