import type { PrincipalElement } from './ast.ts'
import type { JsonNode } from './json.ts'
import type { KindRules } from './kinds.ts'
import { readNames } from './parse-names.ts'
import type { Problems } from './problems.ts'

const types = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const
type PrincipalType = (typeof types)[number]

const nobody: PrincipalElement = {
  negated: false,
  everyone: false,
  aws: [],
  services: [],
  federated: [],
  canonicalUsers: [],
}

/** What `{"AWS": …}` may name: everyone, an account, an identity or a session in full, or the id that replaced an ARN. */
const awsName =
  /^(?:\*|\d{12}|A(?:IDA|ROA)[A-Z0-9]{8,124}|arn:[a-z0-9-]+:(?:iam::(?:\d{12}|cloudfront):(?:root|(?:user|role)\/[^*?]+)|sts::\d{12}:(?:assumed-role|federated-user)\/[^*?]+))$/
/** The others have no wildcard: "You cannot use a wildcard to match part of a principal name or ARN." */
const fullName = /^[^*?]+$/

const forms = {
  AWS: awsName,
  Service: fullName,
  Federated: fullName,
  CanonicalUser: fullName,
} as const satisfies Record<PrincipalType, RegExp>

/**
 * Reads `Principal` or `NotPrincipal`; `undefined` where it is none.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal"; IAM's answers to CreateRole for the texts.
 */
export function readPrincipal(
  node: JsonNode,
  negated: boolean,
  rules: KindRules,
  path: string,
  problems: Problems,
): PrincipalElement | undefined {
  const syntax = (at: JsonNode): undefined => {
    problems.add('syntax', 'Syntax errors in policy.', at.at, path)
  }
  if (node.kind === 'string') {
    if (node.value === '*') return { ...nobody, negated, everyone: true }
    problems.add('legacy', `Invalid principal in policy: "${node.value}"`, node.at, path)
    return undefined
  }
  if (node.kind !== 'object') return syntax(node)
  if (node.members.length === 0) {
    problems.add('syntax', rules.texts.emptyPrincipal, node.at, path)
    return undefined
  }
  const names = {
    AWS: new Array<string>(),
    Service: new Array<string>(),
    Federated: new Array<string>(),
    CanonicalUser: new Array<string>(),
  }
  for (const { key, value } of node.members) {
    const type = types.find((known) => known === key)
    const element = readNames(value, negated)
    if (type === undefined || element === undefined) return syntax(value)
    if (element.values.length === 0)
      problems.add('syntax', rules.texts.emptyPrincipal, value.at, `${path}.${key}`)
    for (const name of element.values) {
      if (forms[type].test(name)) names[type].push(name)
      else {
        const text = `Invalid principal in policy: "${type === 'AWS' ? type : type.toUpperCase()}":"${name}"`
        problems.add('legacy', text, value.at, `${path}.${key}`)
      }
    }
  }
  return {
    negated,
    everyone: false,
    aws: names.AWS,
    services: names.Service,
    federated: names.Federated,
    canonicalUsers: names.CanonicalUser,
  }
}
