// Goal: the tests of flow logs go the whole way: from AWS's own client, and from flows that the edge wrote, into buckets and log groups.
// Method: a pipeline in this process with IAM, STS and real log groups and records on disk; the runner passes when the test says so.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { EC2 } from '@aws-sdk/client-ec2'
import { IAM } from '@aws-sdk/client-iam'
import { putAccount } from '#core/accounts.ts'
import type { AccountId } from '#core/arn.ts'
import { putDeployment } from '#core/deployment.ts'
import type { BalancerFlow } from '#core/network.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { createLogStore, createRecordStore, endOfRecords } from '#telemetry/index.ts'
import { type Credentials, inProcess, layGround } from '../../../../test/in-process.ts'
import { assumableRoles } from '../../iam/assumable-roles.ts'
import { putAdministrator } from '../../iam/bootstrap.ts'
import { identities } from '../../iam/identities.ts'
import { principalNames } from '../../iam/principal-names.ts'
import { iamService } from '../../iam/service.ts'
import { createLogsService } from '../../logs/service.ts'
import { createStsService } from '../../sts/service.ts'
import { createEc2Service } from '../service.ts'
import { createFlowLogRunner } from './runner.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
const there = '444455556666' as AccountId
export const home = 'eu-west-1'
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const roleArn = `arn:aws:iam::${here}:role/flow-logs`

export async function rig(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-flow-logs-'))
  const buckets = join(directory, 'buckets')
  const ground = layGround(startMs)
  const { store, seal, sessions, world, clock } = ground
  const logStore = createLogStore({ directory, worker: 0, world, log: ({ event }) => assert.fail(event) })
  const records = createRecordStore({ directory, world, log: ({ event }) => assert.fail(event) })
  t.after(async () => {
    await logStore.close()
    await records.close()
    rmSync(directory, { recursive: true, force: true })
  })
  let callAsService: CallAsService = () => assert.fail('not yet')
  const later: CallAsService = (call) => callAsService(call)
  const made = inProcess(ground, {
    services: [
      iamService,
      createStsService({ sessions, roles: assumableRoles, identities }),
      createLogsService({
        ...{ logs: logStore, principals: principalNames, world, callAsService: later },
        ...{ read: store.read, loadBalancerExists: () => false },
      }),
      createEc2Service({
        ...{ usesSecurityGroup: () => false, usesSubnet: () => false, roles: assumableRoles },
        flows: { end: () => endOfRecords(directory, 'flow') },
      }),
    ],
    identities,
  })
  callAsService = made.callAsService
  const admins: Credentials[] = []
  await store.transact((tx) => {
    putDeployment(tx, { partition: 'aws', dev: false, createdAtMs: startMs })
    for (const account of [here, there]) {
      putAccount(tx, {
        ...{ accountId: account, name: account, createdAtMs: startMs },
        management: account === here,
      })
      const founding = { account, partition: 'aws', nowMs: startMs, randomBytes: world.randomBytes, seal }
      admins.push(putAdministrator(tx, founding, { userName: 'admin' }))
    }
  })
  const [admin, foreign] = admins
  assert.ok(admin && foreign)
  const ec2 = new EC2(made.configuration(admin, home))
  const iam = new IAM(made.configuration(admin, home))
  const logged: object[] = []
  const runner = createFlowLogRunner({
    ...{ store, world, partition: 'aws', callAsService, records, buckets },
    log: (entry) => {
      assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
      logged.push(entry)
    },
  })
  const { Vpcs } = await ec2.describeVpcs({})
  const VpcId = Vpcs?.[0]?.VpcId ?? ''
  const { Subnets = [] } = await ec2.describeSubnets({})
  const subnetIds = Subnets.map(({ SubnetId = '' }) => SubnetId)

  return {
    ...{ ec2, iam, store, clock, logged, VpcId, subnetIds, buckets, pass: runner.pass },
    elsewhere: new EC2(made.configuration(foreign, home)),
    logs: new CloudWatchLogs(made.configuration(admin, home)),
    /** The role that AWS's guide has flow logs use. */
    role: async (
      actions: readonly string[] = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    ) => {
      const trust = {
        ...{ Effect: 'Allow', Principal: { Service: 'vpc-flow-logs.amazonaws.com' } },
        Action: 'sts:AssumeRole',
      }
      const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
      await iam.createRole({ RoleName: 'flow-logs', AssumeRolePolicyDocument: policy(trust) })
      await iam.putRolePolicy({
        ...{ RoleName: 'flow-logs', PolicyName: 'write' },
        PolicyDocument: policy({ Effect: 'Allow', Action: actions, Resource: '*' }),
      })
    },
    /** A user with an inline policy, as a client of EC2. */
    user: async (UserName: string, ...Statement: readonly object[]) => {
      await iam.createUser({ UserName })
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam.putUserPolicy({ UserName, PolicyName: 'only', PolicyDocument })
      const { AccessKey } = await iam.createAccessKey({ UserName })
      assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey
      return new EC2(made.configuration({ accessKeyId, secretAccessKey }, home))
    },
    /** What the edge tells of a connection, one way. */
    flow: (wish: Partial<BalancerFlow> = {}): void => {
      const line: BalancerFlow = {
        ...{ accountId: here, region: home, interfaceId: 'eni-00123456789abcdef', vpcId: VpcId, subnetIds },
        instanceId: `arn:aws:elasticloadbalancing:${home}:${here}:loadbalancer/app/shop/0123456789abcdef`,
        ...{ srcaddr: '198.51.100.7', srcport: 40_000, dstaddr: '192.0.2.1', dstport: 443, protocol: 6 },
        ...{ packets: 3, bytes: 1_000, startMs, endMs: startMs + 2_500, action: 'ACCEPT' },
        ...{ flowDirection: 'ingress', tcpFlags: 3 },
        ...wish,
      }
      records.append('flow', [JSON.stringify(line)])
    },
    files: () => filesBelow(buckets),
    linesOf: (file: string) =>
      gunzipSync(readFileSync(join(buckets, file)))
        .toString('utf8')
        .trimEnd()
        .split('\n'),
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(folder, file)).isFile())
      .toSorted()
  } catch {
    return [] // Nothing was written.
  }
}
