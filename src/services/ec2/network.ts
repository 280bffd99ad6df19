import type { Call } from '#core/call.ts'
import type { Collection, Reader, Scope } from '#core/store/index.ts'
import { defaultNetwork, type WholeNetwork } from './defaults.ts'
import {
  type FlowLog,
  flowLogs,
  type SecurityGroup,
  securityGroups,
  settlements,
  type Subnet,
  subnets,
  type Vpc,
  vpcs,
} from './documents.ts'

// The network of an account in a region is the default one until something in it changes; the first change writes all of it down.
// INVARIANT: whatever is read here is the same before and after that.

/** A kind of thing in a network: its documents, its place in the default network, its id. */
interface Kept<D extends object> {
  readonly collection: Collection<D>
  readonly defaults: (network: WholeNetwork) => readonly D[]
  readonly idOf: (document: D) => string
}

export const keptVpcs: Kept<Vpc> = {
  collection: vpcs,
  defaults: ({ vpcs: all }) => all,
  idOf: ({ vpcId }) => vpcId,
}

export const keptSubnets: Kept<Subnet> = {
  collection: subnets,
  defaults: ({ subnets: all }) => all,
  idOf: ({ subnetId }) => subnetId,
}

export const keptGroups: Kept<SecurityGroup> = {
  collection: securityGroups,
  defaults: ({ securityGroups: all }) => all,
  idOf: ({ groupId }) => groupId,
}

/** Nobody has one without making it. */
export const keptFlowLogs: Kept<FlowLog> = {
  collection: flowLogs,
  defaults: () => [],
  idOf: ({ flowLogId }) => flowLogId,
}

const settledId = 'settled'

/** Everything of a kind, sorted by id. */
export function allOf<D extends object>(reader: Reader, scope: Scope, kept: Kept<D>): readonly D[] {
  if (isSettled(reader, scope)) return reader.list(kept.collection, scope).map(({ document }) => document)
  return kept.defaults(defaultNetwork(scope)).toSorted((a, b) => (kept.idOf(a) < kept.idOf(b) ? -1 : 1))
}

/** The thing of that id, or undefined where there is none. */
export function byId<D extends object>(
  reader: Reader,
  scope: Scope,
  kept: Kept<D>,
  id: string,
): D | undefined {
  if (isSettled(reader, scope)) return reader.get(kept.collection, scope, id)
  return kept.defaults(defaultNetwork(scope)).find((document) => kept.idOf(document) === id)
}

/** The VPC that an account has in a region without making it, unless it was deleted. */
export function defaultVpc(reader: Reader, scope: Scope): Vpc | undefined {
  return allOf(reader, scope, keptVpcs).find(({ isDefault }) => isDefault)
}

/** Stores a new thing or a changed one. */
export function save<D extends object>(call: Call, kept: Kept<D>, document: D): void {
  settle(call)
  call.tx.put(kept.collection, call, kept.idOf(document), document)
}

/** Deletes a thing. */
export function remove<D extends object>(call: Call, kept: Kept<D>, document: D): void {
  settle(call)
  call.tx.delete(kept.collection, call, kept.idOf(document))
}

function settle(call: Call): void {
  const { tx, account, region, nowMs } = call
  const scope = { account, region }
  if (isSettled(tx, scope)) return
  const network = defaultNetwork(scope)
  for (const vpc of network.vpcs) tx.put(vpcs, scope, vpc.vpcId, vpc)
  for (const subnet of network.subnets) tx.put(subnets, scope, subnet.subnetId, subnet)
  for (const group of network.securityGroups) tx.put(securityGroups, scope, group.groupId, group)
  tx.put(settlements, scope, settledId, { settledAtMs: nowMs })
}

function isSettled(reader: Reader, scope: Scope): boolean {
  return reader.get(settlements, scope, settledId) !== undefined
}
