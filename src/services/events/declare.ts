import type { Call } from '#core/call.ts'
import { type Conditions, operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { Resource } from '#core/resource.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/events.d.ts'
import {
  apiDestinations,
  archiveDays,
  archives,
  arrivals,
  buses,
  connections,
  deliveries,
  replays,
  rules,
} from './documents.ts'
import type { Invocation } from './authorization.ts'
import type { Router } from './router.ts'

/** What the operations of EventBridge need beside their call. */
export interface EventsParts {
  /** How bus policies keep the principals that they name. */
  readonly principals: PrincipalNames
  /** The roles that targets may be given. */
  readonly roles: Pick<AssumableRoles, 'role'>
  /** Which rules an event concerns. */
  readonly router: Router
}

const tables = {
  buses,
  rules,
  deliveries,
  connections,
  apiDestinations,
  archives,
  arrivals,
  archiveDays,
  replays,
}

/** What the runner alone calls: the wire reaches only what the model names. */
interface InternalOperations {
  readonly InvokeApiDestination: {
    readonly input: { readonly Arn: string }
    readonly output: { readonly invocation: Invocation }
  }
}

/** Declares an operation of EventBridge. */
export const events = operationsOf<Operations & InternalOperations, EventsParts>()(
  'events',
  tables,
  'regional',
)

/** A call to EventBridge. */
export type EventsCall = Call & TablesOf<typeof tables> & { readonly parts: EventsParts }

/** What an action needs on one thing. */
export function on(action: string, resource: Resource, conditions: Conditions = {}) {
  return { action: `events:${action}`, resource, conditions }
}

/** Of operations that list things: AWS authorizes them on everything. */
export function onAll(action: string) {
  return [{ action: `events:${action}`, resource: '*' as const }]
}
