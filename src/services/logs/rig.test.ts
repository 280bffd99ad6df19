// Goal: the tests of CloudWatch Logs go the whole way of a call, with the keys that encrypt groups beside it.
// Method: AWS's own clients, whose requests go to a pipeline in the same process, over a store in memory and segments in a folder.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import type { AccountId } from '#core/arn.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Service } from '#core/service.ts'
import type { World } from '#core/world.ts'
import { createLogStore } from '#telemetry/index.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { kmsOn } from '../../../test/kms-in-process.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { createIamService } from '../iam/service.ts'
import { createLogsService } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits.
export const startMs = Date.UTC(2026, 0, 20, 3, 4, 5)

/** What a user may do. */
interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export async function rig(t: TestContext, others: readonly Service[] = [], after?: World['after']) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-logs-service-'))
  const ground = layGround(startMs)
  const { clock, store, world } = ground
  after ??= world.after
  const logStore = createLogStore({ directory, worker: 0, world, log: ({ event }) => assert.fail(event) })
  t.after(async () => {
    await logStore.close()
    rmSync(directory, { recursive: true, force: true })
  })
  let callAsService: CallAsService = () => assert.fail('not yet')
  const made = inProcess(ground, {
    services: [
      createIamService({ usersOf: () => [] }),
      kmsOn(ground),
      createLogsService({
        logs: logStore,
        principals: principalNames,
        world: { after },
        read: store.read,
        callAsService: (call) => callAsService(call),
        loadBalancerExists: (_reader, arn) => arn.includes(':loadbalancer/app/there'),
      }),
      ...others,
    ],
    identities,
  })
  callAsService = made.callAsService
  const [admin] = await found(ground, [here])
  const options = made.configuration(admin)
  const logs = new CloudWatchLogs(options)
  return {
    logs,
    logStore,
    directory,
    kms: new KMS(options),
    clock,
    store,
    world,
    audited: made.audited,
    callAsService: made.callAsService,
    /** Lets time pass. */
    later: (ms: number): void => {
      clock.nowMs += ms
      logs.config.systemClockOffset += ms
    },
    /** A group with a stream `s`. */
    group: async (logGroupName = '/app', more: object = {}): Promise<void> => {
      await logs.createLogGroup({ logGroupName, ...more })
      await logs.createLogStream({ logGroupName, logStreamName: 's' })
    },
    put: (messages: readonly string[], logStreamName = 's', logGroupName = '/app') =>
      logs.putLogEvents({
        logGroupName,
        logStreamName,
        logEvents: messages.map((message, index) => ({ timestamp: clock.nowMs + index, message })),
      }),
    /** A user with an inline policy. */
    user: async (UserName: string, ...Statement: readonly PolicyStatement[]) => {
      const credentials = await newUser(new IAM(options), UserName, Statement)
      return new CloudWatchLogs(made.configuration(credentials))
    },
  }
}
