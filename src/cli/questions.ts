import type { FunctionHost } from '#functions/index.ts'
import type { EdgeView } from '#core/edge-view.ts'
import { answerOfEdge, type EdgeQuestion } from './edge-questions.ts'
import { answerOfFunctions, type FunctionQuestion } from './function-questions.ts'

/** What a worker thread asks of what the main thread alone runs. Plain data, which threads can send each other. */
export type Question =
  | { readonly to: 'edge'; readonly question: EdgeQuestion }
  | { readonly to: 'functions'; readonly question: FunctionQuestion }

/** Asks a question; the main thread answers each. */
export type Ask = (question: Question) => Promise<unknown>

/** A worker thread's questions, each under a number by which its answer comes. */
export class Questions {
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  readonly #send: (number: number, question: Question) => void
  #number = 0

  constructor(send: (number: number, question: Question) => void) {
    this.#send = send
  }

  readonly ask: Ask = (question) => {
    const number = ++this.#number
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#send(number, question)
    })
  }

  answered(number: number, answer: unknown): void {
    this.#waiting.get(number)?.(answer)
    this.#waiting.delete(number)
  }
}

/** What the main thread answers. */
export function answerOf(
  { edge, functions }: { readonly edge: EdgeView; readonly functions: FunctionHost },
  { to, question }: Question,
): Promise<unknown> {
  return to === 'edge' ? answerOfEdge(edge, question) : answerOfFunctions(functions, question)
}
