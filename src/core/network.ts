import type { AccountId } from './arn.ts'
import type { IngressRule } from './front-door.ts'
import type { Reader } from './store/index.ts'

/** Where an account's network is. */
export interface NetworkPlace {
  readonly account: AccountId
  readonly region: string
}

export interface Subnet {
  readonly id: string
  readonly vpcId: string
  /** `us-east-1a`. */
  readonly availabilityZone: string
  /** `use1-az1`. */
  readonly availabilityZoneId: string
}

/** What balancers need of EC2: the network that they stand in, and who may reach them. */
export interface Network {
  readonly vpcExists: (reader: Reader, place: NetworkPlace, vpcId: string) => boolean
  readonly subnet: (reader: Reader, place: NetworkPlace, subnetId: string) => Subnet | undefined
  readonly securityGroup: (
    reader: Reader,
    place: NetworkPlace,
    groupId: string,
  ) => { readonly id: string; readonly vpcId: string } | undefined
  /** The id of a VPC's default security group. */
  readonly defaultSecurityGroup: (reader: Reader, place: NetworkPlace, vpcId: string) => string | undefined
  /** The rules that admit addresses, of all these groups together. */
  readonly ingress: (
    reader: Reader,
    place: NetworkPlace,
    groupIds: readonly string[],
  ) => readonly IngressRule[]
}
