import type { Principal } from '#engines/policy/index.ts'
import type { Caller } from '../caller.ts'

/** The caller as policies see it. */
export function principalOf(caller: Caller): Principal {
  switch (caller.kind) {
    case 'root':
      return { kind: 'root', arn: caller.arn, account: caller.account }
    case 'user':
      return { kind: 'user', arn: caller.arn, account: caller.account, uniqueId: caller.userId }
    case 'assumed-role':
      return {
        kind: 'role',
        arn: caller.arn,
        account: caller.account,
        roleArn: caller.roleArn,
        roleUniqueId: caller.roleId,
        serviceLinked: caller.serviceLinked,
      }
    case 'federated-user':
      return {
        kind: 'federated-user',
        arn: caller.arn,
        account: caller.account,
        userArn: caller.userArn,
        uniqueId: caller.session.uniqueId,
      }
    case 'service':
      return { kind: 'service', service: caller.service }
    case 'anonymous':
      return { kind: 'anonymous' }
  }
}
