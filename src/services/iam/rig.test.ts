// Goal: IAM's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: a client whose requests go to a pipeline in the same process, over a store in memory, on a clock of its own.
import assert from 'node:assert/strict'
import { IAM, type IAMServiceException } from '@aws-sdk/client-iam'
import { createAuthorizer } from '#core/access/authorizer.ts'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import { putAccount } from '#core/accounts.ts'
import { type AccountId } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { createAuthenticate } from '#core/authentication.ts'
import type { SessionStatement } from '#core/caller.ts'
import { putDeployment } from '#core/deployment.ts'
import { createDerived } from '#core/derived.ts'
import { createPipeline } from '#core/pipeline.ts'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import { createSessions } from '#core/session-token.ts'
import { createMemoryStore } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { systemWorld } from '#core/world.ts'
import { type FirstCredentials, putAdministrator, putRootKey } from './bootstrap.ts'
import { idOf, users } from './documents.ts'
import { identities } from './identities.ts'
import { iamService } from './service.ts'

export const account = '123456789012' as AccountId // Twelve digits.
export const foundedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A cloud with one account, its root key and an administrator. */
export interface Rig {
  readonly root: IAM
  readonly admin: IAM
  /** A client that signs with these credentials. */
  readonly as: (credentials: Credentials) => IAM
  /** A user that an inline policy allows these statements, and a client that signs as it. */
  readonly user: (userName: string, ...statements: readonly Statement[]) => Promise<IAM>
  readonly store: ReturnType<typeof createMemoryStore>
  readonly sessions: ReturnType<typeof createSessions<SessionStatement>>
  readonly rootKey: FirstCredentials
  readonly adminKey: FirstCredentials
  readonly clock: { nowMs: number }
  readonly audited: readonly AuditedCall[]
}

export interface Credentials extends FirstCredentials {
  readonly sessionToken?: string
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, unknown>>
}

export async function rig(partition = 'aws'): Promise<Rig> {
  const { randomBytes } = systemWorld()
  const clock = { nowMs: foundedAtMs }
  const world = { nowMs: () => clock.nowMs, randomBytes, every: () => () => {}, after: () => () => {} }
  const store = createMemoryStore()
  const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 9)), randomBytes })
  const sessions = createSessions<SessionStatement>(seal, randomBytes)
  const derived = createDerived(store)
  const audited: AuditedCall[] = []
  const pipeline = createPipeline({
    world,
    store,
    seal,
    partition,
    services: new Map([['iam', iamService]]),
    authenticate: createAuthenticate({ identities, sessions, seal, derived }),
    authorize: createAuthorizer({
      strict: true,
      identities,
      organizations: { scpsOf: () => [], rcpsOf: () => [] },
      library: new PolicyLibrary(),
      derived,
    }),
    audit: { record: (call) => (audited.push(call), '{}'), append: () => {}, flush: () => {} },
    onUse: () => {},
    log: (entry) => assert.notEqual(entry.event, 'bug', JSON.stringify(entry)),
  })
  const { rootKey, adminKey } = await store.transact((tx) => {
    putDeployment(tx, { partition, dev: false, createdAtMs: foundedAtMs })
    putAccount(tx, { accountId: account, name: 'management', createdAtMs: foundedAtMs, management: true })
    const founding = { account, partition, nowMs: foundedAtMs, randomBytes, seal }
    return {
      rootKey: putRootKey(tx, founding),
      adminKey: putAdministrator(tx, founding, { userName: 'admin' }),
    }
  })

  function as(credentials: Credentials): IAM {
    return new IAM({
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
      endpoint: 'http://iam.test',
      systemClockOffset: clock.nowMs - Date.now(),
      requestHandler: {
        async handle({ method, path, headers, body }: SdkRequest) {
          const bytes = Buffer.from(body ?? '')
          const names = Object.keys(headers).map((name) => [name.toLowerCase(), headers[name]])
          const answer = await pipeline({
            method,
            path,
            query: '',
            headers: Object.fromEntries(names),
            rawHeaders: Object.entries(headers).flat(),
            body: bytes,
            sourceIp: '192.0.2.7',
            secureTransport: true,
          })
          return {
            response: { statusCode: answer.status, headers: answer.headers, body: Buffer.from(answer.body) },
          }
        },
      },
    })
  }

  const admin = as(adminKey)
  return {
    root: as(rootKey),
    admin,
    as,
    async user(userName, ...statements) {
      await admin.createUser({ UserName: userName })
      const { AccessKey } = await admin.createAccessKey({ UserName: userName })
      await store.transact((tx) => {
        const scope = globalScope(account)
        const user = tx.get(users, scope, idOf(userName))
        assert.ok(user)
        const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
        if (statements.length > 0) tx.put(users, scope, idOf(userName), { ...user, inline: { only: text } })
      })
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
      return as({ accessKeyId, secretAccessKey })
    },
    store,
    sessions,
    rootKey,
    adminKey,
    clock,
    audited,
  }
}

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Whatever a call throws, as `name: message`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { name, message } = error as IAMServiceException // The client throws nothing else; a bug would fail the comparison.
    return `${name}: ${message}`
  }
  return 'no refusal'
}

/** Everything that pages hold, asked for `size` at a time, and how many pages there were. */
export async function pages<
  Answer extends { IsTruncated?: boolean | undefined; Marker?: string | undefined },
  Item,
>(
  size: number,
  ask: (page: { MaxItems: number; Marker?: string }) => Promise<Answer>,
  itemsOf: (answer: Answer) => readonly Item[] | undefined,
  between: () => Promise<unknown> = async () => {},
): Promise<Item[][]> {
  const all: Item[][] = []
  for (let marker: string | undefined; ;) {
    const answer = await ask({ MaxItems: size, ...(marker !== undefined && { Marker: marker }) })
    all.push([...(itemsOf(answer) ?? [])])
    assert.equal(answer.IsTruncated, answer.Marker !== undefined)
    if (answer.Marker === undefined) return all
    marker = answer.Marker
    await between()
  }
}
