import type { NameElement } from './ast.ts'
import type { JsonNode } from './json.ts'
import type { Problems } from './problems.ts'
import { componentsOf, parseTemplate } from './variables.ts'
import type { PolicyVersion } from './version.ts'

/** Reads a string or a list of strings; anything else is a syntax error and gives `undefined`. */
export function readNames(node: JsonNode, negated: boolean): NameElement | undefined {
  if (node.kind === 'string') return { negated, values: [node.value] }
  if (node.kind !== 'array') return undefined
  const values: string[] = []
  for (const item of node.items) {
    if (item.kind !== 'string') return undefined
    values.push(item.value)
  }
  return { negated, values }
}

const vendorName = /^[a-zA-Z0-9.-]+$/

/** Source: the texts of IAM's answers to CreatePolicy. */
export function checkActions(
  { values }: NameElement,
  node: JsonNode,
  path: string,
  problems: Problems,
): void {
  for (const action of values) {
    if (action === '*') continue
    const [vendor = '', name, more] = action.split(':')
    if (name === undefined) {
      const text = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
      problems.add('action format', text, node.at, path)
    } else if (more !== undefined) {
      problems.add('action format', 'Actions/Condition can contain only one colon.', node.at, path)
    } else if (vendor !== '*' && !vendorName.test(vendor)) {
      problems.add('action format', `Vendor ${vendor} is not valid`, node.at, path)
    }
  }
}

const legacy = 'The policy failed legacy parsing'
/** Source: AWS General Reference, "Amazon Resource Names", partitions; AWS's own policies also write `arn:aws*:`. */
const partition = /^aws(?:-cn|-us-gov|-eusc|-iso(?:-[bef])?)?$/
const wildcard = /[*?]/

const iamPaths = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

/** Checks each ARN; of one that has the wrong form only that is said. Source: the texts of IAM's answers to CreatePolicy. */
export function checkResources(
  { values }: NameElement,
  version: PolicyVersion,
  node: JsonNode,
  path: string,
  problems: Problems,
): void {
  for (const resource of values) {
    if (resource === '*') continue
    const mistake = formatMistake(resource)
    if (mistake !== undefined) problems.add('resource format', mistake, node.at, path)
    else if (failsLegacyParsing(resource, version)) problems.add('legacy', legacy, node.at, path)
  }
}

function formatMistake(resource: string): string | undefined {
  const [scheme, part, ...components] = componentsOf(resource)
  const [vendor, region = '', account, ...path] = components
  const notAnArn = `Resource ${resource} must be in ARN format or "*".`
  if (part === undefined) return notAnArn
  if (!partition.test(part) && !wildcard.test(part)) {
    // IAM shows the ARN as it reads it: six components, any value in those that were left out.
    const missing = Array.from({ length: Math.max(0, 4 - components.length) }, () => '*')
    return `Partition "${part}" is not valid for resource "${['arn', part, ...components, ...missing].join(':')}".`
  }
  if (vendor === undefined || wildcard.test(vendor)) {
    return 'Resource vendor must be fully qualified and cannot contain regexes.'
  }
  if (scheme !== 'arn') return notAnArn
  const regional = region !== '' && region !== '*'
  if (vendor === 'iam' && regional) return `IAM resource ${resource} cannot contain region information.`
  if (vendor === 's3' && regional) return `Resource ${resource} can not contain region information.`
  if (vendor === 'iam' && account !== undefined && !mayBeIamPath(path.join(':'))) {
    return `IAM resource path must either be "*" or start with ${iamPaths.join(', ')}.`
  }
  return undefined
}

/** A path that starts with wildcards or a variable may turn out to be one; AWS's own policies also name `root`. */
function mayBeIamPath(path: string): boolean {
  if (path === 'root') return true
  const certain = path.split(/[*?]|\$\{/)[0] ?? ''
  if (certain === path) return iamPaths.some((start) => path.startsWith(start))
  return iamPaths.some((start) => certain.startsWith(start) || start.startsWith(certain))
}

/**
 * Differs: the IAM User Guide ("Variables and tags") has variables after the fifth colon alone, but IAM takes them
 * before it and AWS's own policies write `arn:*:kms:*:${aws:PrincipalAccount}:key/*`; here too they stand for a value.
 */
function failsLegacyParsing(resource: string, version: PolicyVersion): boolean {
  if (parseTemplate(resource, version, true) === undefined) return true
  const components = componentsOf(resource)
  return components[2] === '' || (components.length < 6 && resource.includes('::'))
}
