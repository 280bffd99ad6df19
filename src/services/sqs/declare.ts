import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { TablesOf } from '#core/tables.ts'
import type { World } from '#core/world.ts'
import type { Operations } from '#models/sqs.d.ts'
import {
  attempts,
  clearings,
  contents,
  counters,
  deduplications,
  messages,
  moveTasks,
  queues,
} from './documents.ts'
import type { Lanes } from './lanes.ts'
import type { Waiters } from './waiters.ts'

/** What the operations of SQS need beside their call. */
export interface SqsParts {
  readonly principals: PrincipalNames
  /** Which messages may be received next. */
  readonly lanes: Lanes
  /** Receivers that wait for messages. */
  readonly waiters: Waiters
  /** The time when a receiver has waited: the call's own is that of its beginning. */
  readonly nowMs: World['nowMs']
  /** Where the world reaches us, if the operator says: `https://cloud.example.com`. */
  readonly publicUrl?: string | undefined
}

const tables = { queues, messages, contents, counters, deduplications, attempts, moveTasks, clearings }

/** Declares an operation of SQS. */
export const sqs = operationsOf<Operations, SqsParts>()('sqs', tables, 'regional')

/** A call to SQS. */
export type SqsCall = Call & TablesOf<typeof tables> & { readonly parts: SqsParts }
