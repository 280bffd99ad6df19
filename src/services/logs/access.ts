import type { Arn } from '#core/arn.ts'
import type { Access } from '#core/operation.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { Tags } from '#core/caller.ts'
import type { LogsCall } from './declare.ts'
import { joinedPolicy } from './joined-policy.ts'

/**
 * Access to a group. Policies name groups as `…:log-group:name:*`, since AWS authorizes on the group's ARN with `:log-stream:` behind it.
 * Source: the denials that AWS answers ("… on resource: arn:aws:logs:…:log-group:name:log-stream:"); CloudWatch Logs User Guide,
 * "Overview of managing access permissions", Resources and operations.
 */
export function onGroup(call: LogsCall, action: string, group: Resource, more: Partial<Access> = {}): Access {
  return {
    action: `logs:${action}`,
    resource: withPolicy(call, group, `${group.arn}:log-stream:` as Arn), // An ARN with its resource made longer.
    ...more,
  }
}

/** Access to a stream, or, of the operations that tag, to the group itself: the ARN is as it stands. */
export function onArn(call: LogsCall, action: string, target: Resource, more: Partial<Access> = {}): Access {
  return { action: `logs:${action}`, resource: withPolicy(call, target, target.arn), ...more }
}

/** Access to what has no ARN. */
export function onAll(action: string): readonly Access[] {
  return [{ action: `logs:${action}`, resource: '*' }]
}

function withPolicy(call: LogsCall, target: Resource, arn: Arn): Resource {
  const text = joinedPolicy(call)
  const tags: Tags | undefined = target instanceof Missing ? undefined : target.tags
  return {
    arn,
    tags,
    ...(text !== undefined && { resourcePolicy: { kind: 'resource', text, required: false } }),
  }
}
