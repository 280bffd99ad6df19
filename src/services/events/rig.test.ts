// Goal: EventBridge's tests go the whole way of a call, and its deliveries to other services too.
// Method: AWS's own clients over a pipeline in this process; in the place of the targets' services stand small ones of the same names, with
// a resource policy that lets EventBridge in, which remember what they were given.
import assert from 'node:assert/strict'
import { lookup } from 'node:dns'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { IAM } from '@aws-sdk/client-iam'
import type { OutboundAccess } from '#core/address-guard.ts'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditTrail } from '#core/audit.ts'
import { Fault } from '#core/fault.ts'
import { operationsOf } from '#core/operation.ts'
import { service } from '#core/service.ts'
import { createEventArchive, createRecorder } from '#telemetry/index.ts'
import type { Operations as Lambda } from '#models/lambda.d.ts'
import type { Operations as Logs } from '#models/logs.d.ts'
import type { Operations as Sns } from '#models/sns.d.ts'
import type { Operations as Sqs } from '#models/sqs.d.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { iamService } from '../iam/service.ts'
import { createStsService } from '../sts/service.ts'
import { createArchiveRunner } from './archive-runner.ts'
import { createAuditEvents } from './audit-events.ts'
import { heard } from './audited.ts'
import { createDeliveryRunner } from './delivery-runner.ts'
import { deliveries } from './documents.ts'
import { createRouter } from './router.ts'
import { createEventsService } from './service.ts'
import { createWebhook } from './webhook.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
export const there = '444455556666' as AccountId
export const region = 'us-east-1'
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const queueArn = `arn:aws:sqs:${region}:${here}:jobs`
export const deadQueueArn = `arn:aws:sqs:${region}:${here}:dead`
export const functionArn = `arn:aws:lambda:${region}:${here}:function:work`
export const topicArn = `arn:aws:sns:${region}:${here}:news`
export const logGroupArn = `arn:aws:logs:${region}:${here}:log-group:/aws/events/all`

/** What a target was given. */
export interface Given {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: string
}

/** Services in the place of the targets'. `refuse` may answer with a fault's code; `sealedOff` names ARNs whose policy lets nobody in. */
function stubs() {
  const given: Given[] = []
  const control: {
    refuse: string | undefined
    sealedOff: Set<string>
    /** Log streams that are there, and how often one was asked for. */
    streams: Set<string>
    streamsAsked: number
  } = { refuse: undefined, sealedOff: new Set(), streams: new Set(), streamsAsked: 0 }
  const resource = (arn: string) => ({
    arn: arn as Arn,
    resourcePolicy: {
      kind: 'resource' as const,
      required: false,
      text: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: control.sealedOff.has(arn) ? 'Deny' : 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': here } },
        },
      }),
    },
  })
  function take(operation: string, input: object, caller: { readonly kind: string }): void {
    if (control.refuse !== undefined && !JSON.stringify(input).includes('/dead')) {
      const code = control.refuse as 'InternalFailure' // Whatever a target may answer.
      throw new Fault(code, 'not now')
    }
    given.push({ operation, input: { ...input }, caller: caller.kind })
  }
  const sqs = operationsOf<Sqs>()('sqs', {}, 'regional')
  const lambda = operationsOf<Lambda>()('lambda', {}, 'regional')
  const sns = operationsOf<Sns>()('sns', {}, 'regional')
  const logs = operationsOf<Logs>()('logs', {}, 'regional')
  const group = (name: string) => resource(`arn:aws:logs:${region}:${here}:log-group:${name}`)
  const SendMessage = sqs('SendMessage', {
    target: ({ QueueUrl }) => resource(`arn:aws:sqs:${region}:${here}:${QueueUrl.split('/').at(-1) ?? ''}`),
    access: (queue) => [{ action: 'sqs:SendMessage', resource: queue }],
    run: ({ input, call }) => (take('SendMessage', input, call.caller), {}),
  })
  const Invoke = lambda('Invoke', {
    target: ({ FunctionName }) => resource(FunctionName),
    access: (fn) => [{ action: 'lambda:InvokeFunction', resource: fn }],
    run: ({ input, call }) => (take('Invoke', input, call.caller), { StatusCode: 202 }),
  })
  const Publish = sns('Publish', {
    target: ({ TopicArn = '' }) => resource(TopicArn),
    access: (topic) => [{ action: 'sns:Publish', resource: topic }],
    run: ({ input, call }) => (take('Publish', input, call.caller), {}),
  })
  const CreateLogStream = logs('CreateLogStream', {
    target: ({ logGroupName, logStreamName }) =>
      resource(`${group(logGroupName).arn}:log-stream:${logStreamName}`),
    access: (found) => [{ action: 'logs:CreateLogStream', resource: found }],
    run({ input: { logStreamName } }) {
      control.streamsAsked += 1
      if (control.streams.has(logStreamName)) throw new Fault('ResourceAlreadyExistsException', 'it is there')
      control.streams.add(logStreamName)
      return {}
    },
  })
  const PutLogEvents = logs('PutLogEvents', {
    target: ({ logGroupName, logStreamName }) =>
      resource(`${group(logGroupName).arn}:log-stream:${logStreamName}`),
    access: (found) => [{ action: 'logs:PutLogEvents', resource: found }],
    run({ input, call }) {
      if (!control.streams.has(input.logStreamName))
        throw new Fault('ResourceNotFoundException', 'The specified log stream does not exist.')
      take('PutLogEvents', input, call.caller)
      return {}
    },
  })
  return {
    given,
    control,
    services: [
      service({ model: 'sqs', files: [{ SendMessage }] }),
      service({ model: 'lambda', files: [{ Invoke }] }),
      service({ model: 'sns', files: [{ Publish }] }),
      service({ model: 'logs', files: [{ CreateLogStream, PutLogEvents }] }),
    ],
  }
}

/** Archives' files, gone with the process. */
const directory = mkdtempSync(join(tmpdir(), 'redoubt-archives-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

export async function rig(access: Partial<OutboundAccess> = {}) {
  const ground = layGround(startMs)
  const { clock, store, world, sessions } = ground
  const { given, control, services } = stubs()
  const router = createRouter(store)
  const logged: object[] = []
  const log = (entry: { readonly event?: unknown }) => {
    assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
    logged.push(entry)
  }
  const auditEvents = createAuditEvents({ store, world, router, log })
  const records: string[] = []
  const recorder = createRecorder(world.randomBytes)
  const plain: AuditTrail = {
    keeps: () => true,
    record(call) {
      const line = recorder(call)
      records.push(line)
      return line
    },
    recordEvent: (event) => JSON.stringify(event),
    append: () => {},
    flush: () => {},
  }
  const { configuration, callAsService } = inProcess(ground, {
    services: [
      iamService,
      createStsService({ sessions, roles: assumableRoles, identities }),
      createEventsService({ principals: principalNames, roles: assumableRoles, router }),
      ...services,
    ],
    identities,
    audit: heard(plain, store, auditEvents.onRecord),
  })
  const [admin, foreign] = await found(ground, [here, there])
  const webhook = createWebhook({
    world,
    access: {
      trust: [],
      networks: [],
      resolve: (name, tell) => lookup(name, { all: true }, tell),
      ...access,
    },
  })
  const start = () => createDeliveryRunner({ store, world, callAsService, webhook, log })
  let runner = start()
  const files = createEventArchive(directory)
  const startArchives = () => createArchiveRunner({ store, world, files, router, log })
  let archiving = startArchives()
  const iam = new IAM(configuration(admin))

  return {
    ...{ clock, store, given, control, logged, iam },
    events: new EventBridge(configuration(admin)),
    elsewhere: new EventBridge(configuration(foreign)),
    /** Delivers what is due. */
    deliver: async () => {
      await auditEvents.idle()
      await runner.look()
      await runner.look() // What one delivery put onto another bus.
    },
    /** Ends the runner without its work, as a crash does, and begins anew. */
    restart: async () => {
      await runner.close()
      runner = start()
    },
    stop: () => runner.close(),
    /** Fills archives and takes replays on. */
    archive: async () => {
      await auditEvents.idle()
      await archiving.look()
    },
    sweep: () => archiving.sweep(),
    restartArchives: async () => {
      await archiving.close()
      archiving = startArchives()
    },
    files,
    closeWebhook: () => webhook.close(),
    /** What was recorded. */
    records,
    waiting: () => [...store.read.everywhere(deliveries)].map(({ document }) => document),
    /** A user with an inline policy, as a client of EventBridge. */
    user: async (UserName: string, ...Statement: readonly object[]) => {
      const credentials = await newUser(iam, UserName, Statement)
      return new EventBridge(configuration(credentials))
    },
  }
}

/** An entry that `{ source: ['shop'] }` matches. */
export const order = (detail: object = { id: 1 }, more: object = {}) => ({
  Source: 'shop',
  DetailType: 'order',
  Detail: JSON.stringify(detail),
  ...more,
})
