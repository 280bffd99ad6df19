import type { FunctionHost } from '#functions/index.ts'
import type { EdgeView } from '#core/edge-view.ts'
import { answerOfEdge, type EdgeQuestion } from './edge-questions.ts'
import { answerOfFunctions, type FunctionQuestion } from './function-questions.ts'

/** What a worker thread asks of what the main thread alone runs. Plain data, which threads can send each other. */
export type Question =
  | { readonly to: 'edge'; readonly question: EdgeQuestion }
  | { readonly to: 'functions'; readonly question: FunctionQuestion }

/** Asks a question; the main thread answers each. Faults: an Error with what the main thread threw. */
export type Ask = (question: Question) => Promise<unknown>

/** What came of a question: plain data too. */
export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

/** A worker thread's questions, each under a number by which its answer comes. */
export class Questions {
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #send: (number: number, question: Question) => void
  #number = 0

  constructor(send: (number: number, question: Question) => void) {
    this.#send = send
  }

  readonly ask: Ask = (question) => {
    const number = ++this.#number
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(number, waiting)
    this.#send(number, question)
    return waiting.promise
  }

  answered(number: number, answer: Answer): void {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    if (answer.ok) waiting?.resolve(answer.value)
    else waiting?.reject(new Error(`the main thread could not answer: ${answer.reason}`))
  }
}

/** What the main thread answers. It never rejects: a fault is whose the question is. */
export async function answerOf(
  { edge, functions }: { readonly edge: EdgeView; readonly functions: FunctionHost },
  { to, question }: Question,
): Promise<Answer> {
  try {
    const value = await (to === 'edge'
      ? answerOfEdge(edge, question)
      : answerOfFunctions(functions, question))
    return { ok: true, value }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
