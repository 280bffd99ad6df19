// Goal: the tests of trails go the whole way of a call, and of a record: from the call that it tells of into a bucket and a log group.
// Method: AWS's own clients over a pipeline in this process, with a real audit trail and real log groups on disk; the runner passes when
// the test says so.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { IAM } from '@aws-sdk/client-iam'
import { SQS } from '@aws-sdk/client-sqs'
import type { AccountId } from '#core/arn.ts'
import { createDerived } from '#core/derived.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { createAuditTrail, createLogStore, type QueryableAuditTrail } from '#telemetry/index.ts'
import { createLake } from '#telemetry/sql/index.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { iamService } from '../iam/service.ts'
import { createLogsService } from '../logs/service.ts'
import { createSqsService } from '../sqs/service.ts'
import { createStsService } from '../sts/service.ts'
import { createDataEventChoice } from './data-event-choice.ts'
import { deletedTrails } from './documents.ts'
import { createCloudTrailService } from './service.ts'
import { createTrailRunner } from './trail-runner.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
export const there = '444455556666' as AccountId
export const home = 'eu-west-1'
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const bucket = 'audit-logs'

/** A record as a file has it. */
export interface FileRecord {
  readonly eventName: string
  readonly eventSource: string
  readonly awsRegion: string
  readonly recipientAccountId: string
  readonly eventID: string
}

export async function rig(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-trails-'))
  const buckets = join(directory, 'buckets')
  const ground = layGround(startMs)
  const { clock, store, sessions, world } = ground
  const wantsDataEvent = createDataEventChoice(createDerived(store))
  const audit = createAuditTrail({ directory, store, worker: 0, world, log: () => {}, wantsDataEvent })
  const logStore = createLogStore({ directory, worker: 0, world, log: ({ event }) => assert.fail(event) })
  t.after(async () => {
    await audit.close()
    await logStore.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const logged: object[] = []
  const log = (entry: { readonly event?: unknown }) => {
    assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
    logged.push(entry)
  }
  let callAsService: CallAsService = () => assert.fail('not yet')
  const later: CallAsService = (call) => callAsService(call)
  const made = inProcess(ground, {
    services: [
      iamService,
      createStsService({ sessions, roles: assumableRoles, identities }),
      createSqsService({ store, world, principals: principalNames }),
      createLogsService({
        ...{ logs: logStore, principals: principalNames, world, callAsService: later },
        read: ground.store.read,
        loadBalancerExists: () => false,
      }),
      createCloudTrailService({
        ...{ audit, roles: assumableRoles, callAsService: later },
        lake: createLake({ directory, segments: () => audit.written(), world, log }),
      }),
    ],
    identities,
    audit,
  })
  callAsService = made.callAsService
  const [admin, foreign] = await found(ground, [here, there])
  const clients: { readonly config: { systemClockOffset: number } }[] = []
  const known = <Client extends { readonly config: { systemClockOffset: number } }>(
    client: Client,
  ): Client => {
    clients.push(client)
    return client
  }
  const trailClient = (region = home) => known(new CloudTrail(made.configuration(admin, region)))
  const cloudtrail = trailClient()
  const iam = known(new IAM(made.configuration(admin)))
  const runner = (over: Pick<QueryableAuditTrail, 'arrivals'> = audit) =>
    createTrailRunner({ store, world, callAsService, audit: over, buckets, log })
  const { pass } = runner()

  return {
    ...{ cloudtrail, iam, clock, store, world, audit, buckets, logged, runner, pass, trailClient },
    logs: known(new CloudWatchLogs(made.configuration(admin, home))),
    sqs: known(new SQS(made.configuration(admin, home))),
    foreignSqs: known(new SQS(made.configuration(foreign, home))),
    elsewhere: known(new CloudTrail(made.configuration(foreign, home))),
    foreignLogs: known(new CloudWatchLogs(made.configuration(foreign, home))),
    later: (ms: number): void => {
      clock.nowMs += ms
      for (const { config } of clients) config.systemClockOffset += ms
    },
    /** A trail that logs. */
    trail: async (Name = 'main', more: object = {}): Promise<void> => {
      await cloudtrail.createTrail({ Name, S3BucketName: bucket, ...more })
      await cloudtrail.startLogging({ Name })
    },
    files: () => filesBelow(buckets),
    /** Delivers, and tells what all files have. */
    delivered: async (): Promise<readonly FileRecord[]> => {
      await pass()
      return filesBelow(buckets).flatMap((file) => recordsIn(join(buckets, file)))
    },
    deletedTrails: () => [...store.read.everywhere(deletedTrails)].map(({ document }) => document),
    /** A user with an inline policy, as a client of CloudTrail. */
    user: async (UserName: string, ...Statement: readonly object[]) => {
      const credentials = await newUser(iam, UserName, Statement)
      return known(new CloudTrail(made.configuration(credentials, home)))
    },
    /** A role that CloudTrail may take, with these permissions. */
    role: async (RoleName: string, statement: object, service = 'cloudtrail.amazonaws.com') => {
      const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
      const { Role } = await iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Principal: { Service: service },
          Action: 'sts:AssumeRole',
        }),
      })
      await iam.putRolePolicy({ RoleName, PolicyName: 'only', PolicyDocument: document(statement) })
      return Role?.Arn ?? ''
    },
  }
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(folder, file)).isFile())
      .sort()
  } catch {
    return [] // No bucket yet.
  }
}

export function recordsIn(path: string): readonly FileRecord[] {
  const { Records } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    readonly Records: readonly FileRecord[]
  } // The test looks at what it finds.
  return Records
}
