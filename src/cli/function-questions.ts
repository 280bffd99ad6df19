import type { FunctionHost, FunctionSpec, Invocation, Outcome, RuntimeName } from '../functions/index.ts'

/** What a worker thread asks of the host of functions, which the main thread runs. Plain data, which threads can send each other. */
export type FunctionQuestion =
  | { readonly about: 'invoke'; readonly spec: FunctionSpec; readonly invocation: Invocation }
  | { readonly about: 'runtimes' }

/** The host of functions as a worker thread sees it. */
export class RemoteFunctions implements FunctionHost {
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  readonly #ask: (number: number, question: FunctionQuestion) => void
  #number = 0

  constructor(ask: (number: number, question: FunctionQuestion) => void) {
    this.#ask = ask
  }

  // The main thread answers each question with what its own host gives.
  invoke(spec: FunctionSpec, invocation: Invocation): Promise<Outcome> {
    return this.#question({ about: 'invoke', spec, invocation }) as Promise<Outcome>
  }

  runtimes(): Promise<readonly RuntimeName[]> {
    return this.#question({ about: 'runtimes' }) as Promise<readonly RuntimeName[]> // As above.
  }

  answered(number: number, answer: unknown): void {
    this.#waiting.get(number)?.(answer)
    this.#waiting.delete(number)
  }

  #question(question: FunctionQuestion): Promise<unknown> {
    const number = ++this.#number
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#ask(number, question)
    })
  }
}

/** What the main thread answers. */
export function answerOfFunctions(host: FunctionHost, question: FunctionQuestion): Promise<unknown> {
  return question.about === 'invoke' ? host.invoke(question.spec, question.invocation) : host.runtimes()
}
