// Goal: EC2's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: clients whose requests go to a pipeline in the same process, over a store in memory, with IAM's own users beside.
import { EC2 } from '@aws-sdk/client-ec2'
import { IAM } from '@aws-sdk/client-iam'
import type { AccountId } from '#core/arn.ts'
import { found, newUser } from '../../../test/founded.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { identities } from '../iam/identities.ts'
import { iamService } from '../iam/service.ts'
import { createEc2Service } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

// Twelve digits each.
export const here = '111122223333' as AccountId
export const there = '444455556666' as AccountId
export const region = 'us-east-1'
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A policy statement, as users write it. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** Two accounts, each with an administrator. */
export interface Rig {
  /** The administrator of `here`, in `region`. */
  readonly admin: EC2
  readonly administrator: (account: AccountId, region?: string) => EC2
  /** A user of `here` with an inline policy. */
  readonly user: (userName: string, ...statements: readonly PolicyStatement[]) => Promise<EC2>
  readonly store: Ground['store']
  /** Ids of groups and subnets that a balancer is said to use. */
  readonly used: Set<string>
}

export async function rig(): Promise<Rig> {
  const ground = layGround(startMs)
  const { store } = ground
  const used = new Set<string>()
  const uses = (_: unknown, id: string) => used.has(id)
  const ec2Service = createEc2Service({
    ...{ usesSecurityGroup: uses, usesSubnet: uses, roles: assumableRoles },
    flows: { end: () => Promise.resolve({}) },
  })
  const { configuration } = inProcess(ground, { services: [iamService, ec2Service], identities })
  const [mine, theirs] = await found(ground, [here, there])
  const administrator = (account: AccountId): Credentials => (account === here ? mine : theirs)
  return {
    admin: new EC2(configuration(mine)),
    administrator: (account, where = region) => new EC2(configuration(administrator(account), where)),
    async user(UserName, ...Statement) {
      const credentials = await newUser(new IAM(configuration(mine)), UserName, Statement)
      return new EC2(configuration(credentials))
    },
    store,
    used,
  }
}

/** What the default network of an account is made of. */
export async function defaults(client: EC2) {
  const { Vpcs } = await client.describeVpcs({ Filters: [{ Name: 'is-default', Values: ['true'] }] })
  const VpcId = Vpcs?.[0]?.VpcId ?? ''
  const { Subnets = [] } = await client.describeSubnets({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] })
  const { SecurityGroups = [] } = await client.describeSecurityGroups({ GroupNames: ['default'] })
  return { VpcId, Subnets, GroupId: SecurityGroups[0]?.GroupId ?? '' }
}

/** A new group in the default VPC. */
export async function newGroup(client: EC2, GroupName: string): Promise<string> {
  const { GroupId = '' } = await client.createSecurityGroup({ GroupName, Description: 'for a test' })
  return GroupId
}
