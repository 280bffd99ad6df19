// Goal: CloudTrail Lake's tests go the whole way of a call, over a real trail on disk, with the runner that answers queries beside it.
// Method: AWS's own clients, whose requests go to a pipeline in the same process.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { IAM } from '@aws-sdk/client-iam'
import type { AccountId } from '#core/arn.ts'
import { createAuditTrail } from '#telemetry/index.ts'
import { createLake } from '#telemetry/sql/index.ts'
import { found, newUser } from '../../../../test/founded.ts'
import { inProcess, layGround } from '../../../../test/in-process.ts'
import { identities } from '../../iam/identities.ts'
import { createIamService } from '../../iam/service.ts'
import { createCloudTrailService } from '../service.ts'
import { createQueryRunner } from './query-runner.ts'

export { refusal } from '../../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits.
export const there = '444455556666' as AccountId // Twelve digits.
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)

interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string
  readonly Condition?: object
}

export async function rig(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-lake-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const ground = layGround(startMs)
  const { clock, world, store } = ground
  const log = (entry: object) => assert.fail(JSON.stringify(entry))
  const trail = createAuditTrail({ directory, store, worker: 0, world, log })
  const lake = createLake({ directory, segments: () => trail.written(), world, log })
  const { configuration } = inProcess(ground, {
    services: [
      createIamService({ usersOf: () => [] }),
      createCloudTrailService({
        audit: trail,
        roles: { role: () => undefined },
        callAsService: () => assert.fail('queries call nobody'),
        lake,
      }),
    ],
    identities,
    audit: trail,
  })
  const [admin, stranger] = await found(ground, [here, there])
  const runner = () => createQueryRunner({ store, world, log, lake })
  let current = runner()
  t.after(async () => current.close())
  const options = configuration(admin)
  const trailClient = new CloudTrail(options)

  return {
    clock,
    store,
    directory,
    cloudtrail: trailClient,
    iam: new IAM(options),
    stranger: new CloudTrail(configuration(stranger)),
    strangerIam: new IAM(configuration(stranger)),
    client: (region: string) => new CloudTrail(configuration(admin, region)),
    look: () => current.look(),
    sweep: () => current.sweep(),
    /** As after a crash: another runner finds what the last one left. */
    restart: async () => {
      await current.close()
      current = runner()
    },
    stop: () => current.close(),
    later: (seconds: number) => {
      clock.nowMs += seconds * 1000
    },
    /** The id of a new data store. */
    dataStore: async (
      Name = 'all',
      wish: Partial<Parameters<CloudTrail['createEventDataStore']>[0]> = {},
    ) => {
      const { EventDataStoreArn = '' } = await trailClient.createEventDataStore({ Name, ...wish })
      return EventDataStoreArn.slice(EventDataStoreArn.lastIndexOf('/') + 1)
    },
    /** What a statement comes to, as rows of values. */
    ask: async (QueryStatement: string, QueryParameters?: string[], client = trailClient) => {
      const { QueryId = '' } = await client.startQuery({ QueryStatement, QueryParameters })
      await current.look()
      const { QueryStatus, QueryResultRows = [], ErrorMessage } = await client.getQueryResults({ QueryId })
      assert.equal(QueryStatus, 'FINISHED', ErrorMessage)
      return QueryResultRows.map((row) => Object.assign({}, ...row) as Record<string, string>) // Objects of one member each.
    },
    /** A user with an inline policy, as a client of CloudTrail. */
    user: async (UserName: string, ...Statement: readonly PolicyStatement[]) => {
      const credentials = await newUser(new IAM(options), UserName, Statement)
      return new CloudTrail(configuration(credentials))
    },
  }
}
