import { type AccountId, arn, type Arn } from '#core/arn.ts'
import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import type { SnsCall } from './declare.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Actions that a topic's policy may let others in to. Source: SNS Developer Guide, "Amazon SNS API permissions". */
export const shareable: readonly string[] = [
  'GetTopicAttributes',
  'SetTopicAttributes',
  'AddPermission',
  'RemovePermission',
  'DeleteTopic',
  'Subscribe',
  'ListSubscriptionsByTopic',
  'Publish',
]

/** What a new topic's policy says: its own account may use it, as far as its users' policies let them. */
export function defaultPolicy(topic: Arn, account: AccountId): string {
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: shareable.map((action) => `SNS:${action}`),
        Resource: topic,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  })
}

/** A policy as it is kept: with users and roles by their unique ids. Faults: InvalidParameter. */
export function storedPolicy(call: SnsCall, text: string): string {
  checkPolicy(text)
  return withPrincipals(text, {
    AWS: (name) => call.parts.principals.stored(call.tx, call.partition, name) ?? refuse(name),
  })
}

/** Faults: InvalidParameter for what is no policy. */
export function checkPolicy(text: string): void {
  const read = Buffer.byteLength(text) <= quotas.policyBytes ? parsePolicy(text, 'resource') : undefined
  if (!read) throw faults.parameter('Policy', `It is longer than ${quotas.policyBytes} bytes`)
  if ('problems' in read) throw faults.parameter('Policy', read.problems[0].message)
}

/** A kept policy as answers show it. */
export function shownPolicy(call: SnsCall, stored: string): string {
  return withPrincipals(stored, { AWS: (name) => shownPrincipal(call.parts.principals, call.tx, name) })
}

export function rootArn({ partition }: SnsCall, account: AccountId): Arn {
  return arn({ partition, service: 'iam', region: '', account, resource: 'root' })
}

function refuse(name: string): never {
  throw faults.parameter('Policy', `Invalid principal: ${name}`)
}
