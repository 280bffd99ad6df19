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

function* textsFor({ charactersMax, frames = [], texts = [] }: Parser): Generator<readonly [string, string]> {
  for (const text of texts) yield [text.slice(0, charactersMax), `a text of its own: ${text.slice(0, 40)}`]
  for (const [beginning, end] of [['', ''], ...frames] as const)
    for (const piece of pieces) {
      const length = charactersMax - beginning.length - end.length
      const middle = piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
      yield [beginning + middle + end, JSON.stringify([beginning, piece, end])]
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
  for (const [text, made] of textsFor(of)) {
    const before = process.threadCpuUsage()
    const failure = failureOf(of.read, text)
    const { user, system } = process.threadCpuUsage(before)
    port.postMessage({ parser, made, cpuMs: (user + system) / 1_000, failure } satisfies Read)
  }
}
