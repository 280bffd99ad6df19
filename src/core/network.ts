import type { FlowRecord } from '#engines/detect/index.ts'
import type { IngressRule } from './front-door.ts'
import type { Reader, Scope } from './store/index.ts'

// What load balancers ask of the network that EC2 keeps, and EC2 of whoever uses it. A scope is an account in a region.

/** A subnet, as what stands in it needs it. */
export interface NetworkSubnet {
  readonly subnetId: string
  readonly vpcId: string
  readonly cidrBlock: string
  readonly zoneName: string
  readonly zoneId: string
}

/** The network of accounts, read. What does not exist is undefined. */
export interface Network {
  readonly vpc: (reader: Reader, scope: Scope, vpcId: string) => { readonly vpcId: string } | undefined
  readonly subnet: (reader: Reader, scope: Scope, subnetId: string) => NetworkSubnet | undefined
  readonly securityGroup: (
    reader: Reader,
    scope: Scope,
    groupId: string,
  ) => { readonly groupId: string; readonly vpcId: string } | undefined
  /** The group that each VPC has from its making. */
  readonly defaultSecurityGroup: (reader: Reader, scope: Scope, vpcId: string) => string | undefined
  /** Whom the groups let in over TCP; a group that does not exist lets nobody in. */
  readonly ingress: (reader: Reader, scope: Scope, groupIds: readonly string[]) => readonly IngressRule[]
}

/** Whether something of another service (a load balancer) uses what EC2 is asked to delete. Ids are nobody else's. */
export interface NetworkUses {
  readonly usesSecurityGroup: (reader: Reader, groupId: string) => boolean
  readonly usesSubnet: (reader: Reader, subnetId: string) => boolean
}

/** Where something stands in an account's network. */
export interface NetworkPlace extends Scope {
  readonly vpcId: string
  readonly subnetIds: readonly string[]
}

/** A flow of a load balancer, with where that stands: what detection and flow logs are told. */
export type BalancerFlow = FlowRecord & Pick<NetworkPlace, 'vpcId' | 'subnetIds'>
