// Goal: the tests of SQS go the whole way of a call, with the keys under which bodies are kept beside it.
// Method: AWS's own clients, whose requests go to a pipeline in the same process, over a store in memory, on a clock that the test holds.
import assert from 'node:assert/strict'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { SQS } from '@aws-sdk/client-sqs'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { AccountId } from '#core/arn.ts'
import type { LogEntry } from '#core/log.ts'
import { systemWorld, type World } from '#core/world.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { kmsOn } from '../../../test/kms-in-process.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { iamService } from '../iam/service.ts'
import { createQueueRunner } from './queue-runner.ts'
import { createSqsService } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

// Twelve digits each.
export const here = '111122223333' as AccountId
export const there = '444455556666' as AccountId
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
}

export async function rig({ publicUrl }: { readonly publicUrl?: string } = {}) {
  const base = layGround(startMs)
  const tasks = new Set<() => void>()
  // Timers run when the test says so.
  const world: World = { ...base.world, every: (_, task) => (tasks.add(task), () => void tasks.delete(task)) }
  const ground = { ...base, world }
  const { clock, store, seal } = ground
  const log = (entry: LogEntry) => assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
  const service = createSqsService({ store, world, principals: principalNames, publicUrl })
  const runner = createQueueRunner({ store, world, lanes: service.lanes, log })
  const { audited, configuration, callAsService } = inProcess(ground, {
    services: [iamService, kmsOn(ground), service],
    identities,
  })
  const [mine, theirs] = await found(ground, [here, there])
  /** A client that signs by the test's clock, wherever the test moves it. */
  function byClock<Client extends { readonly config: object }>(client: Client): Client {
    Object.defineProperty(client.config, 'systemClockOffset', {
      get: () => clock.nowMs - systemWorld().nowMs(),
      set() {
        // What the client makes of answers' dates does not count.
      },
    })
    return client
  }
  const iam = byClock(new IAM(configuration(mine)))
  const sqs = byClock(new SQS(configuration(mine)))

  return {
    ...{ clock, store, world, seal, runner, service, audited, iam, sqs, callAsService, configuration },
    kms: byClock(new KMS(configuration(mine))),
    foreign: byClock(new SQS(configuration(theirs))),
    administrator: configuration(mine).credentials,
    /** A call in the query protocol; its answer's text. */
    query: async (parameters: Readonly<Record<string, string>>): Promise<string> => {
      const { requestHandler } = configuration(mine)
      const signer = new SignatureV4({
        service: 'sqs',
        region: 'us-east-1',
        credentials: configuration(mine).credentials,
        sha256: Sha256,
      })
      const signed = await signer.sign(
        {
          method: 'POST',
          protocol: 'http:',
          hostname: 'in.process',
          path: '/',
          headers: { host: 'in.process', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ Version: '2012-11-05', ...parameters }).toString(),
        },
        { signingDate: new Date(clock.nowMs) },
      )
      const { response } = await requestHandler.handle({ ...signed, body: String(signed.body) })
      return response.body.toString()
    },
    /** Runs what is due every so often. */
    tick: () => {
      for (const task of tasks) task()
    },
    queue: async (
      QueueName = 'orders',
      Attributes: Readonly<Record<string, string>> = {},
    ): Promise<string> => {
      const { QueueUrl = '' } = await sqs.createQueue({ QueueName, Attributes })
      return QueueUrl
    },
    /** A user with an inline policy, as a client of SQS. */
    user: async (UserName: string, ...Statement: readonly Statement[]): Promise<SQS> => {
      const credentials = await newUser(iam, UserName, Statement)
      return byClock(new SQS(configuration(credentials)))
    },
  }
}

/** The bodies that one receive gives. */
export async function bodies(
  sqs: SQS,
  QueueUrl: string,
  MaxNumberOfMessages = 10,
): Promise<readonly string[]> {
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages })
  return Messages.map(({ Body = '' }) => Body)
}
