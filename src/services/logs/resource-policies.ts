import { withPrincipals } from '#core/policy-principals.ts'
import { shownPrincipal } from '#core/principal-names.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import type { ResourcePolicy } from '#models/logs.d.ts'
import { onAll } from './access.ts'
import { logs, type LogsCall } from './declare.ts'
import type { ResourcePolicyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'

/**
 * Lets others, services above all, write to the account's groups in the region.
 * Faults: InvalidParameterException; LimitExceededException beyond ten. Differs: policies of one resource, and revisions, are refused.
 */
export const PutResourcePolicy = logs('PutResourcePolicy', {
  access: () => onAll('PutResourcePolicy'),
  run({ input, call }) {
    requireOfAccount(input)
    const { policyName, policyDocument } = input
    if (policyName === undefined || policyDocument === undefined)
      throw faults.invalid('policyName and policyDocument must be given.')
    const text = stored(call, policyDocument)
    if (!call.resourcePolicies.get(policyName) && !call.resourcePolicies.hasRoom(quotas.resourcePolicies))
      throw faults.limit('Resource limit exceeded.')
    const document = { policyName, text, lastUpdatedMs: call.nowMs }
    call.resourcePolicies.put(policyName, document)
    return { resourcePolicy: shown(call, document) }
  },
})

export const DeleteResourcePolicy = logs('DeleteResourcePolicy', {
  access: () => onAll('DeleteResourcePolicy'),
  run({ input, call }) {
    requireOfAccount(input)
    const { policyName = '' } = input
    if (!call.resourcePolicies.get(policyName)) throw faults.noPolicy(policyName)
    call.resourcePolicies.delete(policyName)
    return {}
  },
})

export const DescribeResourcePolicies = logs('DescribeResourcePolicies', {
  access: () => onAll('DescribeResourcePolicies'),
  run({ input, call }) {
    const { limit, nextToken, resourceArn, policyScope } = input
    requireOfAccount({ resourceArn })
    if (policyScope === 'RESOURCE') return { resourcePolicies: [] }
    const { items, ...more } = pageOfTable(call.resourcePolicies, { nextToken, limit })
    return { resourcePolicies: items.map((policy) => shown(call, policy)), ...more }
  },
})

function requireOfAccount({
  resourceArn,
  expectedRevisionId,
}: {
  readonly resourceArn?: string | undefined
  readonly expectedRevisionId?: string | undefined
}): void {
  if (resourceArn !== undefined || expectedRevisionId !== undefined)
    throw faults.invalid('Policies of a single resource are not supported.')
}

function stored(call: LogsCall, text: string): string {
  if (Buffer.byteLength(text) > quotas.resourcePolicyBytes)
    throw faults.invalid(`A policy may have ${quotas.resourcePolicyBytes} bytes at most.`)
  const read = parsePolicy(text, 'resource')
  if ('problems' in read) throw faults.invalid(`Policy document is not valid: ${read.problems[0].message}`)
  return withPrincipals(text, {
    AWS(name) {
      const kept = call.parts.principals.stored(call.tx, call.partition, name)
      if (kept === undefined) throw faults.invalid(`Policy document is not valid: no principal ${name}`)
      return kept
    },
  })
}

function shown(call: LogsCall, { policyName, text, lastUpdatedMs }: ResourcePolicyDocument): ResourcePolicy {
  const { principals } = call.parts
  return {
    policyName,
    policyDocument: withPrincipals(text, { AWS: (name) => shownPrincipal(principals, call.tx, name) }),
    lastUpdatedTime: lastUpdatedMs,
    policyScope: 'ACCOUNT',
  }
}
