import type { Arn } from '#core/arn.ts'
import { globalScope } from '#core/tables.ts'
import { putAdministrator } from '#services/iam/bootstrap.ts'
import { idOf, type ManagedPolicy, policies, type User, users } from '#services/iam/documents.ts'
import type { Credentials } from '../../test/in-process.ts'
import { query } from '../http/requests.ts'
import { account, type Cloud, cloud } from './cloud.ts'
import type { Grown, Subject } from './subject.ts'

/** Users of an account, and what a caller carries: policies, and statements in one. */
export const identitySubjects: readonly Subject[] = [
  {
    what: 'users of an account',
    operation: 'GetUser',
    counts: [50, 500, 5_000],
    async make(count) {
      const made = await cloudWithUsers(count)
      return { run: made.asking(made.administrator, query('iam', 'GetUser', { UserName: 'user-7' })) }
    },
  },
  {
    what: 'users of an account',
    operation: 'CreateUser, DeleteUser',
    counts: [49, 490, 4_900],
    async make(count) {
      const made = await cloudWithUsers(count)
      const asking = (operation: string, number: number) =>
        made.asking(made.administrator, query('iam', operation, { UserName: `new-${number}` }))
      // Names differ: a map of V8 that a key leaves and comes back to looks through the places it has had before.
      const pairs = Array.from({ length: 256 }, (_, number) => ({
        create: asking('CreateUser', number),
        remove: asking('DeleteUser', number),
      }))
      let turn = 0
      return {
        async run() {
          const pair = pairs[(turn += 1) % pairs.length]
          await pair?.create()
          await pair?.remove()
        },
      }
    },
  },
  {
    what: 'policies of a caller',
    operation: 'GetUser',
    counts: [1, 10, 100],
    make: (count) => asCaller(Array.from({ length: count }, (_, number) => policyOf(number, 1))),
  },
  {
    what: 'statements of a policy',
    operation: 'GetUser',
    counts: [1, 10, 100],
    make: (count) => asCaller([policyOf(0, count)]),
  },
]

async function cloudWithUsers(count: number): Promise<Cloud> {
  const made = await cloud()
  await made.ground.store.transact((tx) => {
    for (let number = 0; number < count; number += 1) {
      const user = userOf(`user-${number}`, [])
      tx.put(users, globalScope(account), idOf(user.userName), user)
    }
  })
  return made
}

function userOf(userName: string, attached: readonly Arn[]): User {
  return {
    arn: `arn:aws:iam::${account}:user/${userName}` as Arn, // An ARN by construction.
    path: '/',
    userName,
    userId: `AIDA${userName.toUpperCase().padEnd(17, 'A')}`,
    createdAtMs: 0,
    tags: { team: 'blue' },
    groups: [],
    attached,
    inline: {},
  }
}

/** A policy of so many statements, of which the last lets read users. */
function policyOf(number: number, statements: number): ManagedPolicy {
  const policyName = `policy-${number}`
  const Statement = Array.from({ length: statements }, (_, index) => ({
    Effect: 'Allow',
    Action: index === statements - 1 ? 'iam:GetUser' : ['s3:GetObject', 's3:PutObject'],
    Resource: index === statements - 1 ? '*' : `arn:aws:s3:::bucket-${number}-${index}/*`,
  }))
  return {
    arn: `arn:aws:iam::${account}:policy/${policyName}` as Arn, // An ARN by construction.
    path: '/',
    policyName,
    policyId: `ANPA${policyName.toUpperCase().padEnd(17, 'A')}`,
    createdAtMs: 0,
    updatedAtMs: 0,
    tags: {},
    defaultVersionId: 'v1',
    nextVersion: 2,
    versions: [
      { versionId: 'v1', createdAtMs: 0, text: JSON.stringify({ Version: '2012-10-17', Statement }) },
    ],
  }
}

/** A caller with these policies alone asks. */
async function asCaller(carried: readonly ManagedPolicy[]): Promise<Grown> {
  const made = await cloud()
  const { store, clock, seal, world } = made.ground
  const scope = globalScope(account)
  const caller: Credentials = await store.transact((tx) => {
    for (const policy of carried) tx.put(policies, scope, idOf(policy.policyName), policy)
    const founding = {
      account,
      partition: 'aws',
      nowMs: clock.nowMs,
      randomBytes: world.randomBytes,
      seal,
    }
    const key = putAdministrator(tx, founding, { userName: 'caller' })
    const user = tx.get(users, scope, idOf('caller'))
    if (user) tx.put(users, scope, idOf('caller'), { ...user, attached: carried.map(({ arn }) => arn) })
    return key
  })
  return { run: made.asking(caller, query('iam', 'GetUser', { UserName: 'caller' })) }
}
