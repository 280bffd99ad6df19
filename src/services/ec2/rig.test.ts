// Goal: EC2's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: clients whose requests go to a pipeline in the same process, over a store in memory, with IAM's own users beside.
import assert from 'node:assert/strict'
import { EC2 } from '@aws-sdk/client-ec2'
import { IAM } from '@aws-sdk/client-iam'
import { putAccount } from '#core/accounts.ts'
import type { AccountId } from '#core/arn.ts'
import { putDeployment } from '#core/deployment.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { putAdministrator } from '../iam/bootstrap.ts'
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
  const { store, seal, world } = ground
  const used = new Set<string>()
  const uses = (_: unknown, id: string) => used.has(id)
  const ec2Service = createEc2Service({
    ...{ usesSecurityGroup: uses, usesSubnet: uses, roles: assumableRoles },
    flows: { end: () => Promise.resolve({}) },
  })
  const { configuration } = inProcess(ground, { services: [iamService, ec2Service], identities })
  const administrators = new Map<AccountId, Credentials>()
  await store.transact((tx) => {
    putDeployment(tx, { partition: 'aws', dev: false, createdAtMs: startMs })
    for (const account of [here, there]) {
      const management = account === here
      putAccount(tx, { accountId: account, name: account, createdAtMs: startMs, management })
      const founding = { account, partition: 'aws', nowMs: startMs, randomBytes: world.randomBytes, seal }
      administrators.set(account, putAdministrator(tx, founding, { userName: 'admin' }))
    }
  })
  const credentials = (account: AccountId): Credentials => {
    const found = administrators.get(account)
    assert.ok(found, 'both accounts have one')
    return found
  }
  return {
    admin: new EC2(configuration(credentials(here))),
    administrator: (account, where = region) => new EC2(configuration(credentials(account), where)),
    async user(UserName, ...Statement) {
      const iam = new IAM(configuration(credentials(here)))
      await iam.createUser({ UserName })
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam.putUserPolicy({ UserName, PolicyName: 'only', PolicyDocument })
      const { AccessKey } = await iam.createAccessKey({ UserName })
      assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey
      return new EC2(configuration({ accessKeyId, secretAccessKey }))
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
