import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { putAccount } from '#core/accounts.ts'
import { publicAccess } from '#core/address-guard.ts'
import type { AccountId, Arn } from '#core/arn.ts'
import { putDeployment } from '#core/deployment.ts'
import { noEdge } from '#core/edge-view.ts'
import type { LogEntry } from '#core/log.ts'
import { rootKeyOf } from '#core/seal/index.ts'
import type { CallAnswer } from '#core/service-calls.ts'
import { type DocumentChange, Head } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { systemWorld } from '#core/world.ts'
import { type FunctionHost, noFunctions } from '#functions/index.ts'
import { idOf, type Role, roles } from '#services/iam/documents.ts'
import type { ServiceName } from '#wire/index.ts'
import { createWorker } from '../../src/main.ts'

/** Who calls: a role of an account, in a Region. */
export interface Actor {
  readonly account: AccountId
  readonly role: string
  readonly region: string
}

export const victim = '111122223333' as AccountId // Twelve digits each.
export const stranger = '444455556666' as AccountId
export const home = 'us-east-1'

const everything = { Effect: 'Allow', Action: '*', Resource: '*' }

/** The inline policies of the roles that each account has. */
const rights = {
  admin: [everything],
  nobody: [],
  passes: [everything, { Effect: 'Deny', Action: 'iam:PassRole', Resource: '*' }],
} as const

export const admin = (account: AccountId, region = home): Actor => ({ account, role: 'admin', region })

/**
 * All services as the server has them, in this process and without an edge or functions. Roles call as services that act for them do: found,
 * authorized, run and recorded as from the wire, with inputs of the model's types.
 */
export async function cloudFor(t: Pick<TestContext, 'after'>) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-attack-'))
  const world = systemWorld()
  const rootKeys = { current: rootKeyOf(Buffer.alloc(32, 7)), previous: [] }
  const logged: LogEntry[] = []
  const worker = createWorker({
    ...{ world, rootKeys, directory, head: new Head(), worker: 0, edge: noEdge, partition: 'aws' },
    ...{ strict: true, xks: {}, webhooks: publicAccess, smtp: undefined, functions },
    log: (entry) => logged.push(entry),
  })
  t.after(async () => {
    await worker.close()
    rmSync(directory, { recursive: true })
  })
  const { store } = worker
  await store.transact((tx) => {
    putDeployment(tx, { partition: 'aws', dev: false, createdAtMs: world.nowMs() })
    for (const account of [victim, stranger]) {
      const management = account === victim
      putAccount(tx, { accountId: account, name: account, createdAtMs: world.nowMs(), management })
      for (const [name, statements] of Object.entries(rights))
        tx.put(roles, globalScope(account), idOf(name), newRole(account, name, statements))
    }
  })

  /** Calls an operation as a role. */
  function call(
    { account, role, region }: Actor,
    service: ServiceName,
    operation: string,
    input: object,
  ): Promise<CallAnswer> {
    const roleArn = `arn:aws:iam::${account}:role/${role}`
    const as = { kind: 'role', principal: actingService, roleArn, sessionName: 'attack' } as const
    return worker.callAsService({ service, operation, input, account, region, as })
  }

  /** Makes a role of the victim's with these statements; `boundary` is the ARN of a policy. */
  async function roleOf(name: string, statements: readonly object[], boundary?: string): Promise<Actor> {
    const role = { ...newRole(victim, name, statements), ...(boundary !== undefined && { boundary }) } as Role // An ARN.
    await store.transact((tx) => tx.put(roles, globalScope(victim), idOf(name), role))
    return { account: victim, role: name, region: home }
  }

  /** What is done changes, of all that is stored. */
  async function changesOf<T>(act: () => Promise<T>): Promise<{ answer: T; changes: DocumentChange[] }> {
    const changes: DocumentChange[] = []
    const stop = store.tail((change) => void changes.push(...change.changes))
    const answer = await act()
    stop()
    return { answer, changes }
  }

  return { worker, store, call, roleOf, changesOf, bugs: () => logged.filter(({ event }) => event === 'bug') }
}

export type Cloud = Awaited<ReturnType<typeof cloudFor>>

/** Takes functions, and runs none. */
const functions: FunctionHost = { ...noFunctions, runtimes: () => Promise.resolve(['nodejs24.x']) }

const actingService = 'lambda.amazonaws.com'

function newRole(account: AccountId, roleName: string, statements: readonly object[]): Role {
  const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
  const services = ['lambda', 'scheduler', 'events', 'cloudtrail', 'logs', 'sns', 'ec2']
  return {
    arn: `arn:aws:iam::${account}:role/${roleName}` as Arn, // By construction.
    path: '/',
    roleName,
    roleId: `AROA${Buffer.from(`${account}${roleName}`).toString('hex').toUpperCase().slice(-16)}`,
    maxSessionSeconds: 3600,
    tags: {},
    createdAtMs: 0,
    attached: [],
    inline: statements.length === 0 ? {} : { rights: document(statements) },
    trustPolicy: document({
      Effect: 'Allow',
      Principal: { Service: services.map((name) => `${name}.amazonaws.com`) },
      Action: 'sts:AssumeRole',
    }),
  }
}
