import type { EdgeListener, EdgeView, Samples } from '#core/edge-view.ts'
import type { MetricIncrement } from '#core/metrics.ts'
import type { EdgeQuestion } from './worker-messages.ts'

/** The edge as a worker thread sees it, which asks the main thread. */
export class RemoteEdge {
  readonly view: EdgeView
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  readonly #ask: (number: number, question: EdgeQuestion) => void
  #number = 0

  constructor(ask: (number: number, question: EdgeQuestion) => void) {
    this.#ask = ask
    this.view = {
      // The main thread answers each question with what its own view gives.
      samples: (query) => this.#question({ about: 'samples', query }) as Promise<Samples>,
      rateLimited: (query) => this.#question({ about: 'rateLimited', query }) as Promise<readonly string[]>,
      metrics: (query) => this.#question({ about: 'metrics', query }) as Promise<readonly MetricIncrement[]>,
      listeners: () => this.#question({ about: 'listeners' }) as Promise<readonly EdgeListener[]>,
    }
  }

  answered(number: number, answer: unknown): void {
    this.#waiting.get(number)?.(answer)
    this.#waiting.delete(number)
  }

  #question(question: EdgeQuestion): Promise<unknown> {
    const number = ++this.#number
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#ask(number, question)
    })
  }
}

/** What the main thread answers. */
export function answerOf(view: EdgeView, question: EdgeQuestion): Promise<unknown> {
  switch (question.about) {
    case 'samples':
      return view.samples(question.query)
    case 'rateLimited':
      return view.rateLimited(question.query)
    case 'metrics':
      return view.metrics(question.query)
    case 'listeners':
      return view.listeners()
  }
}
