import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { Certificates } from '#core/certificates.ts'
import type { Network } from '#core/network.ts'
import { type Conditions, operationsOf } from '#core/operation.ts'
import type { Tags } from '#core/caller.ts'
import type { Resource } from '#core/resource.ts'
import type { Transaction } from '#core/store/index.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/elbv2.d.ts'
import { listeners, loadBalancers, rules, targetGroups, targets } from './documents.ts'

/** What the operations of ELBv2 need beside their call. */
export interface Elbv2Parts {
  readonly network: Network
  readonly certificates: Certificates
  /** Called with a load balancer that is deleted, within the transaction. */
  readonly onDeleted: (tx: Transaction, loadBalancer: Arn) => void
}

const tables = { loadBalancers, listeners, rules, targetGroups, targets }

/** Declares an operation of ELBv2. */
export const elbv2 = operationsOf<Operations, Elbv2Parts>()('elbv2', tables, 'regional')

/** A call to ELBv2. */
export type Elbv2Call = Call & TablesOf<typeof tables> & { readonly parts: Elbv2Parts }

/** What an action needs on a resource that is there: its tags are condition keys of the service's own too. */
export function on(action: string, resource: Resource, conditions: Conditions = {}) {
  return {
    action: `elasticloadbalancing:${action}`,
    resource,
    conditions: { ...conditions, ...tagConditions(resource.tags) },
  }
}

function tagConditions(tags: Tags = {}): Conditions {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`elasticloadbalancing:ResourceTag/${key}`, value]),
  )
}

/** Of operations that describe things: AWS authorizes them on everything. */
export function onAll(action: string) {
  return [{ action: `elasticloadbalancing:${action}`, resource: '*' as const }]
}
