import type { Caller, FederatedCaller, RoleCaller, SessionStatement } from '#core/caller.ts'
import { type AccountId, arn, parseArn } from '#core/arn.ts'

/**
 * The `userIdentity` element of a caller, as JSON.
 * Source: CloudTrail User Guide, "CloudTrail userIdentity element".
 */
export function userIdentity(caller: Caller): string {
  return JSON.stringify(identityOf(caller))
}

/** How a caller is shown in the trail of another account: that account may know who it is, but not its name. */
export function foreignUserIdentity(caller: Caller): string {
  if (!('userId' in caller)) return userIdentity(caller)
  return JSON.stringify({ type: 'AWSAccount', principalId: caller.userId, accountId: caller.account })
}

function identityOf(caller: Caller): object {
  switch (caller.kind) {
    case 'root':
      return {
        type: 'Root',
        principalId: caller.account,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
        ...(caller.session && { sessionContext: sessionContext(caller.session) }),
      }
    case 'user':
      return {
        type: 'IAMUser',
        principalId: caller.userId,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
        userName: caller.userName,
        ...(caller.session && { sessionContext: sessionContext(caller.session) }),
      }
    case 'assumed-role':
      return {
        type: 'AssumedRole',
        principalId: caller.userId,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
        sessionContext: sessionContext(caller.session, roleIssuer(caller)),
      }
    case 'federated-user':
      return {
        type: 'FederatedUser',
        principalId: caller.userId,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
        sessionContext: sessionContext(caller.session, federationIssuer(caller)),
      }
    case 'service':
      return { type: 'AWSService', invokedBy: caller.service }
    case 'anonymous':
      return { type: 'Unknown' }
  }
}

function sessionContext(session: SessionStatement, issuer?: object): object {
  return {
    ...(issuer && { sessionIssuer: issuer }),
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    attributes: {
      creationDate: `${new Date(session.issuedAtMs).toISOString().slice(0, 19)}Z`,
      mfaAuthenticated: String(session.mfaAuthenticatedAtMs !== undefined),
    },
  }
}

function roleIssuer({ roleId, roleArn, account, roleName }: RoleCaller): object {
  return { type: 'Role', principalId: roleId, arn: roleArn, accountId: account, userName: roleName }
}

function federationIssuer({ userName, userArn, session, account }: FederatedCaller): object {
  return userName === undefined
    ? { type: 'Root', principalId: account, arn: rootArn(userArn, account), accountId: account }
    : { type: 'IAMUser', principalId: session.uniqueId, arn: userArn, accountId: account, userName }
}

function rootArn(userArn: string, account: AccountId): string {
  const partition = parseArn(userArn)?.partition ?? 'aws'
  return arn({ partition, service: 'iam', region: '', account, resource: 'root' })
}
