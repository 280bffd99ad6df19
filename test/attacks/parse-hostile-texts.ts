// A thread of little memory that shows each parser its hostile texts, and tells what they took; parsers.test.ts starts it.
import assert from 'node:assert/strict'
import { parentPort } from 'node:worker_threads'
import { pieces } from './hostile-pieces.ts'
import { type Parser, parsers } from './parsers.ts'

/** What is told of each text. */
export interface Read {
  readonly parser: string
  /** How the text was made. */
  readonly made: string
  readonly cpuMs: number
  /** Why it failed as no parser may. */
  readonly failure: string | undefined
}

/** What is told before a parser's first text: the last one that was told is the one that took the thread's memory. */
export interface Begun {
  readonly begins: string
}

/**
 * Of a longer text an eighth is read first. Where that takes less than `cheapMs`, the whole is left out: growing as the square it would take 64 times as long,
 * a quarter of what it may, and nobody takes much memory within that time. Units: characters, milliseconds of the processor.
 */
const [longAt, cheapMs] = [128 * 1024, 4]

interface Text {
  readonly made: string
  /** Shortest first. */
  readonly sizes: readonly number[]
  readonly ofSize: (characters: number) => string
}

function* textsFor({ charactersMax, frames = [], texts = [] }: Parser): Generator<Text> {
  for (const text of texts)
    yield {
      made: `a text of its own: ${text.slice(0, 40)}`,
      sizes: [charactersMax],
      ofSize: (characters) => text.slice(0, characters),
    }
  const sizes = charactersMax < longAt ? [charactersMax] : [charactersMax / 8, charactersMax]
  for (const [beginning, end] of [['', ''], ...frames] as const)
    for (const piece of pieces)
      yield {
        made: JSON.stringify([beginning, piece, end]),
        sizes,
        ofSize(characters) {
          const length = characters - beginning.length - end.length
          return beginning + piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + end
        },
      }
}

function failureOf(read: Parser['read'], text: string): string | undefined {
  try {
    read(text)
    return undefined
  } catch (error) {
    // A stack that overflows, or a list that is too long: nobody has counted.
    return error instanceof RangeError ? String(error) : undefined
  }
}

const port = parentPort
assert.ok(port, 'a thread of a test')
for (const [parser, of] of Object.entries(parsers)) {
  port.postMessage({ begins: parser } satisfies Begun)
  for (const { made, sizes, ofSize } of textsFor(of))
    for (const size of sizes) {
      const text = ofSize(size)
      const before = process.threadCpuUsage()
      const failure = failureOf(of.read, text)
      const { user, system } = process.threadCpuUsage(before)
      const cpuMs = (user + system) / 1_000
      const isLast = size === sizes.at(-1) || cpuMs < cheapMs
      if (isLast || failure !== undefined) port.postMessage({ parser, made, cpuMs, failure } satisfies Read)
      if (isLast) break
    }
}
