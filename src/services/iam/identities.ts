import { accountId, type AccountId, type Arn, arn, parseArn } from '#core/arn.ts'
import type { RootCaller, SessionStatement, SignedCaller, Tags, UserCaller } from '#core/caller.ts'
import { findDeployment } from '#core/deployment.ts'
import type { Identities } from '#core/identities.ts'
import type { Reader } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import { policiesOf } from './caller-policies.ts'
import { accessKeys, idOf, roles, type User, users } from './documents.ts'

/** Who is behind a key or a session, and which policies it carries: what the core asks of IAM. */
export const identities: Identities = {
  accessKey(reader, accessKeyId) {
    const [found, second] = reader.findAnywhere(accessKeys, 'id', accessKeyId)
    const account = found && accountId(found.account)
    if (!account || second) return undefined // Two owners of one key id would be a bug: then it is nobody's.
    const { sealedSecret, active, userName } = found.document
    return { account, sealedSecret, active, userName }
  },

  keyOwner(reader, accessKeyId, { account, userName }) {
    if (userName === undefined) return rootCaller(reader, account, accessKeyId)
    const user = reader.get(users, globalScope(account), idOf(userName))
    return user && userCaller(user, account, accessKeyId)
  },

  sessionOwner(reader, accessKeyId, session) {
    const account = accountId(session.account)
    return account && sessionOwners[session.kind](reader, account, accessKeyId, session)
  },

  policiesOf,
}

type SessionOwner = (
  reader: Reader,
  account: AccountId,
  accessKeyId: string,
  session: SessionStatement,
) => SignedCaller | undefined

const sessionOwners = {
  'assumed-role': (reader, account, accessKeyId, session) => {
    const role = reader.get(roles, globalScope(account), idOf(session.name))
    if (role?.roleId !== session.uniqueId) return undefined
    const { sessionName = '' } = session
    return {
      kind: 'assumed-role',
      account,
      arn: stsArn(role.arn, account, `assumed-role/${role.roleName}/${sessionName}`),
      userId: `${role.roleId}:${sessionName}`,
      accessKeyId,
      roleName: role.roleName,
      roleArn: role.arn,
      roleId: role.roleId,
      serviceLinked: role.linkedService !== undefined,
      tags: overlaid(role.tags, session.tags),
      session,
    }
  },

  'federated-user': (reader, account, accessKeyId, session) => {
    const federator = sessionUser(reader, account, accessKeyId, session)
    if (!federator) return undefined
    const { sessionName = '' } = session
    return {
      kind: 'federated-user',
      account,
      arn: stsArn(federator.arn, account, `federated-user/${sessionName}`),
      userId: `${account}:${sessionName}`,
      accessKeyId,
      ...(federator.kind === 'user' && { userName: federator.userName }),
      userArn: federator.arn,
      tags: overlaid(federator.kind === 'user' ? federator.tags : {}, session.tags),
      session,
    }
  },

  session: (reader, account, accessKeyId, session) => {
    const owner = sessionUser(reader, account, accessKeyId, session)
    return owner && { ...owner, session }
  },
} as const satisfies Record<SessionStatement['kind'], SessionOwner>

/** The user, or root, who asked for a session. By unique id: a new name keeps the session, a namesake does not get it. */
function sessionUser(
  reader: Reader,
  account: AccountId,
  accessKeyId: string,
  { uniqueId }: SessionStatement,
): RootCaller | UserCaller | undefined {
  if (uniqueId === account) return rootCaller(reader, account, accessKeyId)
  const [found] = reader.findAnywhere(users, 'id', uniqueId)
  return found?.account === account ? userCaller(found.document, account, accessKeyId) : undefined
}

function userCaller(user: User, account: AccountId, accessKeyId: string): UserCaller {
  const { arn, userId, userName, tags } = user
  return { kind: 'user', account, arn, userId, accessKeyId, userName, tags }
}

function rootCaller(reader: Reader, account: AccountId, accessKeyId: string): RootCaller {
  const partition = findDeployment(reader)?.partition ?? 'aws'
  const rootArn = arn({ partition, service: 'iam', region: '', account, resource: 'root' })
  return { kind: 'root', account, arn: rootArn, userId: account, accessKeyId }
}

/** An ARN of STS in the partition of an IAM ARN. */
function stsArn(iamArn: Arn, account: AccountId, resource: string): Arn {
  const partition = parseArn(iamArn)?.partition ?? 'aws'
  return arn({ partition, service: 'sts', region: '', account, resource })
}

/**
 * Tags with a session's laid over them; keys that differ in case only are the same.
 * Source: IAM User Guide, "Pass session tags in AWS STS".
 */
function overlaid(tags: Tags, over: Tags = {}): Tags {
  const replaced = new Set(Object.keys(over).map((key) => key.toLowerCase()))
  const kept = Object.entries(tags).filter(([key]) => !replaced.has(key.toLowerCase()))
  return Object.fromEntries([...kept, ...Object.entries(over)])
}
