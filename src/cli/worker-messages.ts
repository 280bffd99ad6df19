import type { RateQuery, SampleQuery } from '#core/edge-view.ts'
import type { MetricQuery } from '#core/metrics.ts'
import type { RootKeys } from '#core/seal/index.ts'

// What the main thread and a worker thread tell each other; plain data and keys, which threads can be sent.

/** To a worker thread. */
export type ToWorker =
  | { readonly kind: 'stop' }
  /** Work with these keys, and say so under the same number. */
  | { readonly kind: 'root-keys'; readonly number: number; readonly keys: RootKeys }
  /** What the edge knows, under the question's number. */
  | { readonly kind: 'edge-answer'; readonly number: number; readonly answer: unknown }

/** From a worker thread. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'root-keys-in-use'; readonly number: number }
  | { readonly kind: 'edge-question'; readonly number: number; readonly question: EdgeQuestion }

/** A question to the edge, which the main thread runs. */
export type EdgeQuestion =
  | { readonly about: 'samples'; readonly query: SampleQuery }
  | { readonly about: 'rateLimited'; readonly query: RateQuery }
  | { readonly about: 'listeners' }
  | { readonly about: 'metrics'; readonly query: MetricQuery }
