import type { RootKeys } from '#core/seal/index.ts'
import type { Answer, Question } from './questions.ts'
import type { ThreadData } from './start-worker.ts'

// What the main thread and a worker thread tell each other; plain data and keys, which threads can be sent.

/** To a worker thread. */
export type ToWorker =
  /** Become a worker, once. */
  | { readonly kind: 'start'; readonly data: ThreadData }
  /** `gives`: its idle connections go to another server. */
  | { readonly kind: 'stop'; readonly gives: boolean }
  /** The other server has the connection. */
  | { readonly kind: 'given'; readonly descriptor: number }
  /** Work with these keys, and say so under the same number. */
  | { readonly kind: 'root-keys'; readonly number: number; readonly keys: RootKeys }
  /** Under the question's number. */
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answer }

/** From a worker thread. */
export type FromWorker =
  /** Its code is there, and it waits for its data. */
  | { readonly kind: 'loaded' }
  /** With what it listens on. */
  | { readonly kind: 'ready'; readonly descriptor: number | undefined }
  | { readonly kind: 'give'; readonly descriptor: number }
  | { readonly kind: 'root-keys-in-use'; readonly number: number }
  | { readonly kind: 'question'; readonly number: number; readonly question: Question }
