import { parseArn } from '../arn.ts'
import type { Access } from '../operation.ts'
import { actionReference, resourceReference } from './service-reference.ts'

/**
 * What in the accesses of one call contradicts AWS's service reference: an action that it lacks, a resource of a type that the
 * action does not act on, a condition key that it lists for none of the call's actions (they share one context) nor for the types
 * of resource that they act on. Empty when all is well. In strict mode the authorizer asks on every call.
 */
export function contradictions(accesses: readonly Access[]): readonly string[] {
  const listed = new Set(accesses.flatMap(({ action }) => listedKeys(action)).map(keyName))
  return accesses.flatMap((access) => {
    const { action, resource } = access
    const reference = actionReference(action)
    if (!reference) return [`${action} is no action of the service reference`]
    const unlisted = keysOf(access).filter((key) => !listed.has(keyName(key)))
    const types = reference.resources.join(', ') || 'no type of resource'
    return [
      ...(resourceFits(access, reference.resources)
        ? []
        : [`${action} does not act on ${resource === '*' ? '*' : resource.arn} but on ${types}`]),
      ...unlisted.map((key) => `${action} has no condition key ${key}`),
    ]
  })
}

/** Resources that AWS's answers show though its reference does not list them. */
const beyondReference: readonly { readonly actions: RegExp; readonly resource: RegExp }[] = [
  // Whoever calls as root and leaves out the user's name means the root user.
  { actions: /^iam:\w+$/, resource: /^arn:[\w-]+:iam::\d{12}:root$/ },
  // An alias that does not exist names no key: whoever asks by it is authorized on the alias.
  { actions: /^kms:\w+$/, resource: /^arn:[\w-]+:kms:[\w-]*:\d{12}:alias\/.+$/s },
  // GetFederationToken with tags. Source: IAM User Guide, "Pass session tags in AWS STS".
  { actions: /^sts:TagSession$/, resource: /^arn:[\w-]+:sts::\d{12}:federated-user\/.+$/ },
  // Everything of ELBv2 has tags. Source: ELB User Guide, "Grant permission to tag resources during creation".
  {
    actions: /^elasticloadbalancing:(?:Add|Remove)Tags$/,
    resource: /^arn:[\w-]+:elasticloadbalancing:[^:]+:\d{12}:(?:listener|listener-rule|targetgroup)\/.+$/s,
  },
  // The reference says delivery-destination, of an operation that names a source. Source: CloudWatch Logs API Reference, DeleteDeliverySource.
  {
    actions: /^logs:DeleteDeliverySource$/,
    resource: /^arn:[\w-]+:logs:[^:]+:\d{12}:delivery-source:.+$/s,
  },
  // "The authorized resource […] is the retiring principal." Source: KMS API Reference, ListRetirableGrants.
  { actions: /^kms:ListRetirableGrants$/, resource: /^arn:[\w-]+:(?:iam|sts)::\d{12}:.+$/ },
]

function listedKeys(action: string): readonly string[] {
  const { keys = [], resources = [] } = actionReference(action) ?? {}
  const prefix = prefixOf(action)
  return [...keys, ...resources.flatMap((type) => resourceReference(prefix, typeName(type))?.keys ?? [])]
}

function prefixOf(action: string): string {
  return action.slice(0, action.indexOf(':'))
}

/** A type's name without the mark of what is required. */
function typeName(type: string): string {
  return type.replace(/\*$/, '')
}

function keysOf({ conditions = {}, requestTags, tagKeys }: Access): readonly string[] {
  const tagged = [...(requestTags ? ['aws:RequestTag/'] : []), ...(tagKeys ? ['aws:TagKeys'] : [])]
  return [...Object.keys(conditions), ...tagged]
}

/** A key without what it names of the request (a tag, a key of an encryption context), in one case. */
function keyName(key: string): string {
  return /^[^:]*:[^:/]*/.exec(key.toLowerCase())?.[0] ?? key
}

function resourceFits({ action, resource }: Access, types: readonly string[]): boolean {
  if (resource === '*') return types.every((type) => !type.endsWith('*'))
  if (beyondReference.some((known) => known.actions.test(action) && known.resource.test(resource.arn)))
    return true
  const prefix = prefixOf(action)
  // AWS authorizes lists on the path that they list, though its reference names no type for them.
  if (types.length === 0) return parseArn(resource.arn)?.service === prefix
  return types.some((type) => {
    const reference = resourceReference(prefix, typeName(type))
    return reference !== undefined && templatePattern(reference.arn).test(resource.arn)
  })
}

const patterns = new Map<string, RegExp>()

/** `arn:${Partition}:iam::${Account}:user/${UserNameWithPath}` as a pattern. Templates are the reference's own, and few. */
function templatePattern(template: string): RegExp {
  const known = patterns.get(template)
  if (known) return known
  const literal = template.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const made = new RegExp(`^${literal.join('.*')}$`, 's')
  patterns.set(template, made)
  return made
}
