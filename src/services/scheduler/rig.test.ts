// Goal: Scheduler's tests go the whole way of a call, and its runs to other services too.
// Method: signed requests, written from the protocol's specification (there is no SDK client here), over a pipeline in this process; in the
// place of the targets' services stand small ones of the same names, which let in whom policies let in and remember what they were given.
import assert from 'node:assert/strict'
import { IAM } from '@aws-sdk/client-iam'
import type { AccountId, Arn } from '#core/arn.ts'
import { Fault } from '#core/fault.ts'
import { operationsOf } from '#core/operation.ts'
import { service, type Service } from '#core/service.ts'
import type { Operations as Events } from '#models/events.d.ts'
import type { Operations as Lambda } from '#models/lambda.d.ts'
import type { CreateScheduleInput, Operations } from '#models/scheduler.d.ts'
import type { Operations as Sns } from '#models/sns.d.ts'
import type { Operations as Sqs } from '#models/sqs.d.ts'
import { model, type ServiceName } from '#wire/index.ts'
import { createSigner } from '#wire/sigv4/index.ts'
import { found, newUser } from '../../../test/founded.ts'
import { type Credentials, inProcess, layGround } from '../../../test/in-process.ts'
import { specAnswer, specRequest } from '../../../test/wire/spec-client.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { identities } from '../iam/identities.ts'
import { iamService } from '../iam/service.ts'
import { createStsService } from '../sts/service.ts'
import { occurrences, schedules } from './documents.ts'
import { createScheduleRunner } from './schedule-runner.ts'
import { createSchedulerService } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
export const there = '444455556666' as AccountId
export const region = 'us-east-1'
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const minute = 60_000
const arnOf = (name: string, resource: string) => `arn:aws:${name}:${region}:${here}:${resource}`
export const queueArn = arnOf('sqs', 'jobs')
export const deadQueueArn = arnOf('sqs', 'dead')
export const functionArn = arnOf('lambda', 'function:work')
export const topicArn = arnOf('sns', 'news')
export const busArn = arnOf('events', 'event-bus/shop')
export const roleArn = `arn:aws:iam::${here}:role/runner`

/** What a target was given. */
export interface Given {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: string
}

/** Services in the place of the targets'. `refuse` may answer with a fault's code, but to the dead letters. */
function stubs() {
  const given: Given[] = []
  const control: { refuse: string | undefined; refuseEntry: string | undefined } = {
    refuse: undefined,
    refuseEntry: undefined,
  }
  const resource = (arn: string) => ({ arn: arn as Arn })
  function take(operation: string, input: object, caller: { readonly kind: string }): void {
    if (control.refuse !== undefined && !JSON.stringify(input).includes('/dead'))
      throw new Fault(control.refuse, 'not now')
    given.push({ operation, input: { ...input }, caller: caller.kind })
  }
  const sqs = operationsOf<Sqs>()('sqs', {}, 'regional')
  const SendMessage = sqs('SendMessage', {
    target: ({ QueueUrl }) => resource(arnOf('sqs', QueueUrl.split('/').at(-1) ?? '')),
    access: (queue) => [{ action: 'sqs:SendMessage', resource: queue }],
    run: ({ input, call }) => (take('SendMessage', input, call.caller), {}),
  })
  const Invoke = operationsOf<Lambda>()('lambda', {}, 'regional')('Invoke', {
    target: ({ FunctionName }) => resource(FunctionName),
    access: (fn) => [{ action: 'lambda:InvokeFunction', resource: fn }],
    run: ({ input, call }) => (take('Invoke', input, call.caller), { StatusCode: 202 }),
  })
  const Publish = operationsOf<Sns>()('sns', {}, 'regional')('Publish', {
    target: ({ TopicArn = '' }) => resource(TopicArn),
    access: (topic) => [{ action: 'sns:Publish', resource: topic }],
    run: ({ input, call }) => (take('Publish', input, call.caller), {}),
  })
  const PutEvents = operationsOf<Events>()('events', {}, 'regional')('PutEvents', {
    target: ({ Entries }) => resource(Entries[0]?.EventBusName ?? ''),
    access: (bus) => [{ action: 'events:PutEvents', resource: bus }],
    run({ input, call }) {
      if (control.refuseEntry !== undefined)
        return { FailedEntryCount: 1, Entries: [{ ErrorCode: control.refuseEntry, ErrorMessage: 'full' }] }
      take('PutEvents', input, call.caller)
      return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] }
    },
  })
  const services = [
    service({ model: 'sqs', files: [{ SendMessage }] }),
    service({ model: 'lambda', files: [{ Invoke }] }),
    service({ model: 'sns', files: [{ Publish }] }),
    service({ model: 'events', files: [{ PutEvents }] }),
  ]
  return { given, control, services }
}

/** A call of Scheduler that is answered with the output, or throws as SDKs do. */
export type Client = <Name extends keyof Operations>(
  name: Name,
  input: Operations[Name]['input'],
) => Promise<Operations[Name]['output']>

export async function rig() {
  const ground = layGround(startMs)
  const { clock, store, world, sessions } = ground
  const { given, control, services } = stubs()
  const logged: Readonly<Record<string, unknown>>[] = []
  const log = (entry: { readonly event?: unknown }) => {
    assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
    logged.push({ ...entry })
  }
  const all: Service[] = [
    iamService,
    createStsService({ sessions, roles: assumableRoles, identities }),
    createSchedulerService({
      roles: assumableRoles,
      callAsService: (call) => callAsService(call),
      implemented: (name: ServiceName, operation) =>
        all.find((one) => one.model === name)?.operations.has(operation) === true,
    }),
    ...services,
  ]
  const { configuration, callAsService, pipeline, audited } = inProcess(ground, { services: all, identities })
  const [admin, foreign] = await found(ground, [here, there])
  const iam = new IAM(configuration(admin))
  const clientOf =
    (credentials: Credentials): Client =>
    async (name, input) => {
      const operation = model('scheduler').operations.get(name)
      assert.ok(operation)
      const request = specRequest(operation, 'rest-json', input as Readonly<Record<string, unknown>>)
      const signer = createSigner({ ...credentials, service: 'scheduler', region })
      const signed = signer.sign(
        { ...request, headers: { ...request.headers, host: 'in.process' } },
        clock.nowMs,
      )
      const answer = await pipeline({
        ...signed,
        query: request.query,
        headers: signed.headers,
        rawHeaders: Object.entries(signed.headers).flatMap(([key, value]) => [key, String(value)]),
        sourceIp: '192.0.2.7',
        secureTransport: true,
      })
      if (answer.status !== 200) throw errorOf(answer.headers, String(answer.body))
      return specAnswer(operation, 'rest-json', answer) as Operations[typeof name]['output']
    }

  /** A role that Scheduler may assume; it may do what the statements say. */
  async function role(RoleName: string, ...Statement: readonly object[]): Promise<void> {
    const Condition = { StringEquals: { 'aws:SourceAccount': here } }
    const trust = {
      ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Condition },
      Principal: { Service: 'scheduler.amazonaws.com' },
    }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
    await iam.createRole({ RoleName, AssumeRolePolicyDocument })
    if (Statement.length === 0) return
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.putRolePolicy({ RoleName, PolicyName: 'only', PolicyDocument })
  }
  await role('runner', { Effect: 'Allow', Action: '*', Resource: '*' })

  const start = () => createScheduleRunner({ store, world, callAsService, log })
  let runner = start()
  const call = clientOf(admin)
  return {
    ...{ clock, store, given, control, logged, iam, role, call, audited },
    elsewhere: clientOf(foreign),
    /** A schedule whose target is the queue, but for what is said. */
    create: (Name: string, ScheduleExpression: string, more: Partial<CreateScheduleInput> = {}) =>
      call('CreateSchedule', {
        ...{ Name, ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' } },
        Target: { Arn: queueArn, RoleArn: roleArn, Input: `from ${Name}` },
        ...more,
      }),
    /** Does what is due at a time after the start, as the clock has it then. */
    at: async (afterMs: number) => {
      clock.nowMs = startMs + afterMs
      await runner.look()
      await runner.look()
    },
    /** Ends the runner without its work, as a crash does, and begins anew. */
    restart: async () => {
      await runner.close()
      runner = start()
    },
    stop: () => runner.close(),
    waiting: () => [...store.read.everywhere(occurrences)].map(({ document }) => document),
    kept: () => [...store.read.everywhere(schedules)].map(({ document }) => document),
    /** A user with an inline policy, as a client. */
    user: async (UserName: string, ...Statement: readonly object[]) => {
      const credentials = await newUser(iam, UserName, Statement)
      return clientOf(credentials)
    },
  }
}

function errorOf(headers: Readonly<Record<string, string>>, body: string): Error {
  const { Message, message } = JSON.parse(body) as { readonly Message?: string; readonly message?: string }
  const error = new Error(Message ?? message ?? '')
  error.name = headers['x-amzn-ErrorType'] ?? headers['x-amzn-errortype'] ?? 'none'
  return error
}
