// Goal: STS's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: a client whose requests go to a pipeline in the same process, on a clock of its own. Users and roles are rows of a
// directory in memory, so that a test shows all that decides.
import assert from 'node:assert/strict'
import { STS } from '@aws-sdk/client-sts'
import { newAccessKeyId } from '#core/access-key-id.ts'
import { type AccountId, accountId, type Arn, arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import type { SessionStatement, SignedCaller, Tags } from '#core/caller.ts'
import type { Identities } from '#core/identities.ts'
import type { AssumableRole } from '#core/roles.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { createStsService } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits.
export const there = '444455556666' as AccountId // Twelve digits.
export const startMs = Date.UTC(2026, 10, 23, 12)

/** A user of account `here` with what its policy says; `root` stands for the account's root user. */
export interface UserRow {
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  readonly statements?: readonly object[]
  readonly tags?: Tags
}

export interface RoleRow {
  readonly account?: AccountId
  readonly path?: string
  /** Statements of the trust policy; without actions they are for all that AssumeRole needs. */
  readonly trust: readonly object[]
  readonly allow?: readonly string[]
  readonly tags?: Tags
  readonly maxSessionSeconds?: number
}

export interface Directory {
  readonly users?: Readonly<Record<string, UserRow>>
  readonly roles?: Readonly<Record<string, RoleRow>>
  /** Managed policies by ARN. */
  readonly policies?: Readonly<Record<string, object>>
}

export interface Rig {
  /** A client that signs as a user, or with the credentials of a session. */
  readonly as: (who: string | Answered) => STS
  readonly clock: { nowMs: number }
  readonly sessions: Ground['sessions']
  readonly seal: Ground['seal']
  readonly audited: readonly AuditedCall[]
  readonly keyIds: ReadonlyMap<string, string>
}

/** What STS's operations answer. */
export interface Answered {
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined
        readonly SecretAccessKey: string | undefined
        readonly SessionToken: string | undefined
      }
    | undefined
}

export const roleArn = (name: string, account = here, path = '/'): Arn =>
  arn({ partition: 'aws', service: 'iam', region: '', account, resource: `role${path}${name}` })
export const userArn = (name: string): Arn =>
  arn({ partition: 'aws', service: 'iam', region: '', account: here, resource: `user/${name}` })

/** A trust policy's statement. */
export const trust = (
  principal: object,
  actions: readonly string[] = ['sts:AssumeRole'],
  condition?: object,
): object => ({
  Effect: 'Allow',
  Principal: principal,
  Action: actions,
  ...(condition && { Condition: condition }),
})

const document = (statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

export function rig({ users = {}, roles = {}, policies = {} }: Directory): Rig {
  const ground = layGround(startMs)
  const { clock, world, seal, sessions } = ground
  const { randomBytes } = world
  const keyIds = new Map(Object.keys(users).map((name) => [name, newAccessKeyId('AKIA', here, randomBytes)]))
  const roleRows = new Map(
    Object.entries(roles).map(([name, row]) => [assumable(name, row).arn, { name, row }]),
  )

  function assumable(name: string, { account = here, path = '/', ...row }: RoleRow): AssumableRole {
    return {
      arn: roleArn(name, account, path),
      account,
      roleId: `AROA${name.toUpperCase().padEnd(17, 'X')}`,
      roleName: name,
      trustPolicy: document(row.trust),
      tags: row.tags ?? {},
      maxSessionSeconds: row.maxSessionSeconds ?? 3600,
    }
  }

  function longTerm(name: string, accessKeyId: string): SignedCaller {
    if (name === 'root') {
      const rootArn = arn({ partition: 'aws', service: 'iam', region: '', account: here, resource: 'root' })
      return { kind: 'root', account: here, arn: rootArn, userId: here, accessKeyId }
    }
    const userId = `AIDA${name.toUpperCase().padEnd(17, 'X')}`
    const tags = users[name]?.tags ?? {}
    return { kind: 'user', account: here, arn: userArn(name), userId, accessKeyId, userName: name, tags }
  }

  function sessionOwner(accessKeyId: string, session: SessionStatement): SignedCaller | undefined {
    const account = accountId(session.account)
    if (!account) return undefined
    const sts = (resource: string) => arn({ partition: 'aws', service: 'sts', region: '', account, resource })
    const { sessionName = '' } = session
    if (session.kind === 'assumed-role') {
      const [found] = [...roleRows.values()].filter(
        ({ name, row }) => assumable(name, row).roleId === session.uniqueId,
      )
      if (!found) return undefined
      const role = assumable(found.name, found.row)
      return {
        kind: 'assumed-role',
        account,
        arn: sts(`assumed-role/${role.roleName}/${sessionName}`),
        userId: `${role.roleId}:${sessionName}`,
        accessKeyId,
        roleName: role.roleName,
        roleArn: role.arn,
        roleId: role.roleId,
        serviceLinked: false,
        tags: { ...role.tags, ...session.tags },
        session,
      }
    }
    const owner = longTerm(session.name === '' ? 'root' : session.name, accessKeyId)
    if (session.kind === 'session') {
      return owner.kind === 'user' || owner.kind === 'root' ? { ...owner, session } : undefined
    }
    return {
      kind: 'federated-user',
      account,
      arn: sts(`federated-user/${sessionName}`),
      userId: `${account}:${sessionName}`,
      accessKeyId,
      ...(owner.kind === 'user' && { userName: owner.userName }),
      userArn: owner.arn,
      tags: session.tags ?? {},
      session,
    }
  }

  const statementsOf = (row: UserRow | RoleRow | undefined): readonly object[] => [
    ...(row?.allow ? [{ Effect: 'Allow', Action: row.allow, Resource: '*' }] : []),
    ...(row && 'deny' in row ? [{ Effect: 'Deny', Action: row.deny, Resource: '*' }] : []),
    ...(row && 'statements' in row ? (row.statements ?? []) : []),
  ]

  const identities: Identities = {
    accessKey(_reader, accessKeyId) {
      const [found] = [...keyIds].filter(([, id]) => id === accessKeyId)
      if (!found) return undefined
      const sealedSecret = seal.seal('access-key', accessKeyId, secret)
      return { account: here, sealedSecret, active: true, userName: found[0] }
    },
    keyOwner: (_reader, accessKeyId, { userName = 'root' }) => longTerm(userName, accessKeyId),
    sessionOwner: (_reader, accessKeyId, session) => sessionOwner(accessKeyId, session),
    policiesOf(_reader, caller) {
      const row =
        caller.kind === 'assumed-role'
          ? roleRows.get(caller.roleArn)?.row
          : users[('userName' in caller ? caller.userName : undefined) ?? 'root']
      const statements = statementsOf(row)
      const session = 'session' in caller ? caller.session : undefined
      const texts = [
        ...(session?.policies ?? []),
        ...(session?.policyArns ?? []).map((name) => JSON.stringify(policies[name])),
      ]
      return {
        identity: statements.length > 0 ? [{ name: 'own', text: document(statements) }] : [],
        ...(texts.length > 0 && { session: texts.map((text) => ({ name: 'session', text })) }),
      }
    },
  }

  const service = createStsService({
    sessions,
    identities,
    roles: {
      role(_reader, arn) {
        const found = roleRows.get(arn as Arn) // Only a key to look up by.
        return found && assumable(found.name, found.row)
      },
      hasManagedPolicy: (_reader, _account, arn) => Object.hasOwn(policies, arn),
    },
  })
  const { audited, configuration } = inProcess(ground, { services: [service], identities })

  function credentialsOf(who: string | Answered): Credentials {
    if (typeof who === 'string') {
      const accessKeyId = keyIds.get(who)
      assert.ok(accessKeyId !== undefined, `no user ${who}`)
      return { accessKeyId, secretAccessKey: secret }
    }
    const { AccessKeyId, SecretAccessKey, SessionToken } = who.Credentials ?? {}
    assert.ok(AccessKeyId && SecretAccessKey && SessionToken)
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  }

  return {
    clock,
    sessions,
    seal,
    audited,
    keyIds,
    as: (who) => new STS(configuration(credentialsOf(who), 'eu-west-1')),
  }
}
