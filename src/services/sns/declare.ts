import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/sns.d.ts'
import { counters, deduplications, deliveries, publications, subscriptions, topics } from './documents.ts'

/** What the operations of SNS need beside their call. */
export interface SnsParts {
  readonly principals: PrincipalNames
  /** Whether there is a server that sends mail. */
  readonly sendsMail: boolean
  /** Where the world reaches us, if the operator says: `https://cloud.example.com`. */
  readonly publicUrl?: string | undefined
}

const tables = { topics, subscriptions, publications, deliveries, counters, deduplications }

/** Declares an operation of SNS. */
export const sns = operationsOf<Operations, SnsParts>()('sns', tables, 'regional')

/** A call to SNS. */
export type SnsCall = Call & TablesOf<typeof tables> & { readonly parts: SnsParts }
