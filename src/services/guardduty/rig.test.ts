// Goal: GuardDuty's tests go the whole way: from a call that somebody makes, by its record, to the finding, its event and what a rule does with it.
// Method: AWS's own clients over a pipeline in this process, with a real audit trail on disk; the runner passes when the test says so, or on real
// timers. In the place of functions stands a small service that remembers what it was given.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { GuardDuty } from '@aws-sdk/client-guardduty'
import { IAM } from '@aws-sdk/client-iam'
import { putAccount } from '#core/accounts.ts'
import { publicAccess } from '#core/address-guard.ts'
import type { AccountId, Arn } from '#core/arn.ts'
import { putDeployment } from '#core/deployment.ts'
import { operationsOf } from '#core/operation.ts'
import { service } from '#core/service.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { systemWorld } from '#core/world.ts'
import { allDetectors, type AnyDetector, unknownSurroundings } from '#engines/detect/index.ts'
import type { Operations as Kms } from '#models/kms.d.ts'
import type { Operations as Lambda } from '#models/lambda.d.ts'
import { createAuditTrail } from '#telemetry/index.ts'
import { createLake } from '#telemetry/sql/index.ts'
import { type Credentials, inProcess, layGround } from '../../../test/in-process.ts'
import { createCloudTrailService } from '../cloudtrail/service.ts'
import { createDeliveryRunner } from '../events/delivery-runner.ts'
import { deliveries as waiting } from '../events/documents.ts'
import { createRouter } from '../events/router.ts'
import { heard } from '../events/audited.ts'
import { createServiceEvents } from '../events/service-events.ts'
import { createEventsService } from '../events/service.ts'
import { createWebhook } from '../events/webhook.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { putAdministrator } from '../iam/bootstrap.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { iamService } from '../iam/service.ts'
import { createStsService } from '../sts/service.ts'
import { findings } from './documents.ts'
import { auditSource } from './runner/audit-source.ts'
import { createDetectionRunner } from './runner/detection-runner.ts'
import type { RecordSource } from './runner/record-source.ts'
import { createGuardDutyService } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
export const there = '444455556666' as AccountId
export const home = 'eu-west-1'
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const functionArn = `arn:aws:lambda:${home}:${here}:function:respond`

/** An event as a function gets it. */
export interface GivenEvent {
  readonly source: string
  readonly 'detail-type': string
  readonly account: string
  readonly region: string
  readonly detail: Readonly<Record<string, unknown>> & { readonly service: Readonly<Record<string, unknown>> }
}

/** Functions that remember what they are given. */
function functions() {
  const given: GivenEvent[] = []
  const waiting: (() => void)[] = []
  const lambda = operationsOf<Lambda>()('lambda', {}, 'regional')
  const Invoke = lambda('Invoke', {
    target: ({ FunctionName }) => ({
      arn: FunctionName as Arn, // A target's ARN.
      resourcePolicy: {
        kind: 'resource' as const,
        required: false,
        text: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: '*',
            Resource: '*',
          },
        }),
      },
    }),
    access: (fn) => [{ action: 'lambda:InvokeFunction', resource: fn }],
    run({ input: { Payload } }) {
      given.push(JSON.parse(Buffer.from(Payload as Uint8Array).toString()) as GivenEvent) // An event's own bytes.
      for (const tell of waiting.splice(0)) tell()
      return { StatusCode: 202 }
    },
  })
  const called = () => new Promise<void>((resolve) => waiting.push(resolve))
  return { given, called, service: service({ model: 'lambda', files: [{ Invoke }] }) }
}

/** Keys that let in whom the test says. */
function keyService() {
  let principal = 'nobody.amazonaws.com'
  const kms = operationsOf<Kms>()('kms', {}, 'regional')
  const GenerateDataKey = kms('GenerateDataKey', {
    target: ({ KeyId }) => ({
      arn: KeyId as Arn, // As it is asked for here.
      resourcePolicy: {
        kind: 'resource' as const,
        required: true,
        text: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            ...{
              Effect: 'Allow',
              Principal: { Service: principal },
              Action: 'kms:GenerateDataKey',
              Resource: '*',
            },
            Condition: {
              StringEquals: { 'aws:SourceAccount': here },
              ArnLike: { 'aws:SourceArn': 'arn:aws:guardduty:*:*:detector/*' },
            },
          },
        }),
      },
    }),
    access: (key) => [{ action: 'kms:GenerateDataKey', resource: key }],
    run: () => ({}),
  })
  return {
    letIn: (name: string): void => {
      principal = name
    },
    service: service({ model: 'kms', files: [{ GenerateDataKey }] }),
  }
}

interface Options {
  /** On real timers; else the test passes. */
  readonly timers?: boolean
  readonly detectors?: readonly AnyDetector[]
  readonly sources?: readonly RecordSource[]
}

export async function rig(
  t: TestContext,
  { timers = false, detectors = allDetectors, sources = [] }: Options = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-guardduty-'))
  const laid = layGround(startMs)
  const { every, after } = systemWorld()
  const ground = timers ? { ...laid, world: { ...laid.world, every, after } } : laid
  const { clock, store, seal, sessions, world } = ground
  const audit = createAuditTrail({ directory, store, worker: 0, world, log: () => {} })
  const log = (entry: { readonly event?: unknown }) => {
    assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
    assert.notEqual(entry.event, 'detector-failed', JSON.stringify(entry))
  }
  const router = createRouter(store)
  const publish = createServiceEvents({ router, world })
  const lambda = functions()
  const keys = keyService()
  let callAsService: CallAsService = () => assert.fail('not yet')
  const later: CallAsService = (call) => callAsService(call)
  const tells = new Set<() => void>()
  const made = inProcess(ground, {
    services: [
      iamService,
      createStsService({ sessions, roles: assumableRoles, identities }),
      createCloudTrailService({
        ...{ audit, roles: assumableRoles, callAsService: later },
        lake: createLake({ directory, segments: () => audit.written(), world, log }),
      }),
      createEventsService({ principals: principalNames, roles: assumableRoles, router }),
      lambda.service,
      keys.service,
      createGuardDutyService({ publish, callAsService: later, running: detectors }),
    ],
    identities,
    audit: heard(audit, store, () => {
      for (const tell of tells) tell()
    }),
  })
  callAsService = made.callAsService
  const webhook = createWebhook({ world, access: publicAccess }) // Nothing here goes out.
  const deliveries = createDeliveryRunner({ store, world, callAsService, webhook, log })

  const admins: Credentials[] = []
  await store.transact((tx) => {
    putDeployment(tx, { partition: 'aws', dev: false, createdAtMs: startMs })
    for (const account of [here, there]) {
      putAccount(tx, {
        accountId: account,
        name: account,
        createdAtMs: startMs,
        management: account === here,
      })
      const founding = { account, partition: 'aws', nowMs: startMs, randomBytes: world.randomBytes, seal }
      admins.push(putAdministrator(tx, founding, { userName: 'admin' }))
    }
  })
  const [admin, foreign] = admins
  assert.ok(admin && foreign)

  const clients: { readonly config: { systemClockOffset: number } }[] = []
  const known = <Client extends { readonly config: { systemClockOffset: number } }>(
    client: Client,
  ): Client => {
    clients.push(client)
    return client
  }
  const audited = auditSource({
    audit,
    world,
    onRecord(tell) {
      tells.add(tell)
      return () => tells.delete(tell)
    },
  })
  const newRunner = () =>
    createDetectionRunner({
      ...{ store, world, log, directory, partition: 'aws', publish, detectors },
      sources: [audited, ...sources],
      surroundingsOf: () => unknownSurroundings,
      globalSources: new Set(['iam.amazonaws.com']),
    })
  const runners = [newRunner()]
  const runner = () => runners.at(-1) ?? assert.fail('there is one')
  t.after(async () => {
    await runner().close()
    await deliveries.close()
    await audit.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const cloudtrail = known(new CloudTrail(made.configuration(admin, home)))
  const guardduty = known(new GuardDuty(made.configuration(admin, home)))
  const iam = known(new IAM(made.configuration(admin)))

  return {
    ...{ directory, store, world, clock, log, cloudtrail, guardduty, iam, lambda, keys, runner },
    events: known(new EventBridge(made.configuration(admin, home))),
    elsewhere: known(new GuardDuty(made.configuration(foreign, home))),
    otherRegion: known(new GuardDuty(made.configuration(admin, 'us-east-2'))),
    pass: () => runner().pass(),
    /** Ends once every event that was accepted is delivered. */
    delivered: async (): Promise<void> => {
      while ([...store.read.everywhere(waiting)].length > 0) await new Promise(setImmediate)
    },
    /** A runner that goes on from what is on disk, as after a crash: the one before writes nothing more. */
    crash: () => {
      runners.push(newRunner())
    },
    later: (ms: number): void => {
      clock.nowMs += ms
      for (const { config } of clients) config.systemClockOffset += ms
    },
    /** A trail that logs, so that it can be stopped. */
    trail: async (Name = 'main'): Promise<void> => {
      await cloudtrail.createTrail({ Name, S3BucketName: 'audit-logs' })
      await cloudtrail.startLogging({ Name })
    },
    /** Enables detection, and gives the detector's id. */
    detect: async (more: object = {}): Promise<string> => {
      const { DetectorId } = await guardduty.createDetector({ Enable: true, ...more })
      assert.ok(DetectorId)
      await runner().pass()
      return DetectorId
    },
    found: () => [...store.read.everywhere(findings)].map(({ document }) => document),
    /** A user with an inline policy, as a client of GuardDuty. */
    user: async (UserName: string, ...Statement: readonly object[]) => {
      await iam.createUser({ UserName })
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam.putUserPolicy({ UserName, PolicyName: 'only', PolicyDocument })
      const { AccessKey } = await iam.createAccessKey({ UserName })
      assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey
      return known(new GuardDuty(made.configuration({ accessKeyId, secretAccessKey }, home)))
    },
  }
}
