import type {
  BotPathQuery,
  BotPaths,
  EdgeListener,
  EdgeView,
  RateQuery,
  SampleQuery,
  Samples,
} from '#core/edge-view.ts'
import type { MetricIncrement, MetricQuery } from '#core/metrics.ts'

/** A question to the edge, which the main thread runs. */
export type EdgeQuestion =
  | { readonly about: 'samples'; readonly query: SampleQuery }
  | { readonly about: 'botPaths'; readonly query: BotPathQuery }
  | { readonly about: 'rateLimited'; readonly query: RateQuery }
  | { readonly about: 'listeners' }
  | { readonly about: 'metrics'; readonly query: MetricQuery }

/** The edge as a worker thread sees it. */
export function remoteEdge(ask: (question: EdgeQuestion) => Promise<unknown>): EdgeView {
  return {
    // The main thread answers each question with what its own view gives.
    samples: (query) => ask({ about: 'samples', query }) as Promise<Samples>,
    botPaths: (query) => ask({ about: 'botPaths', query }) as Promise<BotPaths>,
    rateLimited: (query) => ask({ about: 'rateLimited', query }) as Promise<readonly string[]>,
    metrics: (query) => ask({ about: 'metrics', query }) as Promise<readonly MetricIncrement[]>,
    listeners: () => ask({ about: 'listeners' }) as Promise<readonly EdgeListener[]>,
  }
}

/** What the main thread answers. */
export function answerOfEdge(view: EdgeView, question: EdgeQuestion): Promise<unknown> {
  switch (question.about) {
    case 'samples':
      return view.samples(question.query)
    case 'botPaths':
      return view.botPaths(question.query)
    case 'rateLimited':
      return view.rateLimited(question.query)
    case 'metrics':
      return view.metrics(question.query)
    case 'listeners':
      return view.listeners()
  }
}
