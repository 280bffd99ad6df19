import { parseArn, type Arn } from '#core/arn.ts'
import type { Access } from '#core/operation.ts'
import { passRole } from '#core/passed-roles.ts'
import type { EventsCall } from './declare.ts'
import { faults } from './faults.ts'

/** Who gives EventBridge a role must be allowed to. Source: EventBridge User Guide, "Using IAM roles", iam:PassRole. */
export function passRoles(call: EventsCall, roles: readonly (string | undefined)[]): readonly Access[] {
  return [...new Set(roles)].flatMap((text) => {
    if (text === undefined) return []
    const parts = parseArn(text)
    if (parts?.service !== 'iam' || parts.account !== call.account || !parts.resource.startsWith('role/'))
      throw faults.invalid('RoleArn', 'It must be a role of the account.')
    const role = call.parts.roles.role(call.tx, text)
    return [passRole({ arn: text as Arn, tags: role?.tags }, 'events.amazonaws.com')] // Its parser has read it.
  })
}
