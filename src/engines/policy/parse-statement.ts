import type { Condition, NameElement, PrincipalElement, Statement } from './ast.ts'
import type { JsonMember, JsonNode } from './json.ts'
import type { KindRules } from './kinds.ts'
import { readConditions } from './parse-condition.ts'
import { checkActions, checkResources, readNames } from './parse-names.ts'
import { readPrincipal } from './parse-principal.ts'
import type { Problems } from './problems.ts'
import type { PolicyVersion } from './version.ts'

/** What a statement is read against. */
export interface StatementContext {
  readonly rules: KindRules
  readonly version: PolicyVersion
  readonly path: string
  readonly problems: Problems
}

const syntax = 'Syntax errors in policy.'
const elements: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/** Reads one statement; `undefined` where it is too broken to go on with, the reason being among the problems. */
export function parseStatement(node: JsonNode, context: StatementContext): Statement | undefined {
  const { rules, version, path, problems } = context
  if (node.kind !== 'object') {
    problems.add('syntax', syntax, node.at, path)
    return undefined
  }
  const members = new Map(node.members.map((member) => [member.key, member]))
  for (const { key, at } of node.members) {
    if (!elements.has(key)) problems.add('syntax', rules.texts.unknownElement(key), at, `${path}.${key}`)
  }
  const effect = readEffect(node, members.get('Effect'), context)
  const principal = readPrincipalElement(node, members, context)
  const action = readNameElement(members, 'Action', context)
  const resource = readNameElement(members, 'Resource', context)
  const condition = members.get('Condition')
  const conditions = condition ? readConditions(condition.value, version, `${path}.Condition`, problems) : []

  checkPresence(node, action, resource, context)
  if (action !== undefined)
    checkActions(action.element, action.member.value, `${path}.${action.member.key}`, problems)
  if (resource !== undefined) {
    checkResources(
      resource.element,
      version,
      resource.member.value,
      `${path}.${resource.member.key}`,
      problems,
    )
  }
  if (effect === undefined || action === undefined) return undefined
  const statement: Statement = {
    sid: readSid(members.get('Sid'), context),
    effect,
    principal,
    action: action.element,
    resource: resource?.element,
    conditions,
    line: node.at.line,
    column: node.at.column,
  }
  checkKind(statement, node, conditions, context)
  return statement
}

function readSid(member: JsonMember | undefined, { path, problems }: StatementContext): string | undefined {
  if (member === undefined) return undefined
  if (member.value.kind === 'string') return member.value.value
  problems.add('syntax', syntax, member.value.at, `${path}.Sid`)
  return undefined
}

function readEffect(
  node: JsonNode,
  member: JsonMember | undefined,
  { rules, path, problems }: StatementContext,
): 'Allow' | 'Deny' | undefined {
  if (member === undefined) {
    problems.add('syntax', rules.texts.missingEffect, node.at, `${path}.Effect`)
    return undefined
  }
  const effect = member.value.kind === 'string' ? member.value.value : ''
  if (effect === 'Allow' || effect === 'Deny') return effect
  // The right word in the wrong case passes IAM's first pass and fails its second.
  const misspelt = ['allow', 'deny'].includes(effect.toLowerCase())
  if (misspelt) problems.add('legacy', 'The policy failed legacy parsing', member.value.at, `${path}.Effect`)
  else problems.add('syntax', syntax, member.value.at, `${path}.Effect`)
  return misspelt ? 'Deny' : undefined
}

interface Found {
  readonly element: NameElement
  readonly member: JsonMember
}

/** Reads `Action` or `NotAction`, `Resource` or `NotResource`: one of the two, never both. */
function readNameElement(
  members: ReadonlyMap<string, JsonMember>,
  name: 'Action' | 'Resource',
  { path, problems }: StatementContext,
): Found | undefined {
  const plain = members.get(name)
  const negated = members.get(`Not${name}`)
  const member = plain ?? negated
  if (member === undefined) return undefined
  const element = readNames(member.value, member === negated)
  const both = plain !== undefined && negated !== undefined
  if (element === undefined || both) problems.add('syntax', syntax, member.at, `${path}.${member.key}`)
  return element === undefined ? undefined : { element, member }
}

function readPrincipalElement(
  node: JsonNode,
  members: ReadonlyMap<string, JsonMember>,
  { rules, path, problems }: StatementContext,
): PrincipalElement | undefined {
  const plain = members.get('Principal')
  const negated = members.get('NotPrincipal')
  const member = plain ?? negated
  if (member === undefined) {
    if (rules.principal !== 'prohibited') {
      problems.add('legacy', rules.texts.missingPrincipal, node.at, `${path}.Principal`)
    }
    return undefined
  }
  const where = `${path}.${member.key}`
  if (rules.principal === 'prohibited') {
    problems.add('legacy', rules.texts.prohibitedPrincipal, member.at, where)
    return undefined
  }
  if (plain !== undefined && negated !== undefined) problems.add('syntax', syntax, member.at, where)
  return readPrincipal(member.value, member === negated, rules, where, problems)
}

function checkPresence(
  node: JsonNode,
  action: Found | undefined,
  resource: Found | undefined,
  { rules, path, problems }: StatementContext,
): void {
  if (action === undefined || action.element.values.length === 0) {
    problems.add('actions', rules.texts.missingActions, node.at, `${path}.Action`)
  }
  if (resource === undefined ? rules.resource === 'required' : resource.element.values.length === 0) {
    problems.add('resources', rules.texts.missingResources, node.at, `${path}.Resource`)
  }
  if (resource !== undefined && rules.resource === 'prohibited') {
    const { key, at } = resource.member
    const text = key === 'Resource' ? rules.texts.prohibitedResource : rules.texts.prohibitedNotResource
    problems.add('legacy', text, at, `${path}.${key}`)
  }
}

/** What single kinds of policy leave out of the grammar, and what no kind has any more. */
function checkKind(
  { effect, principal, action, resource }: Statement,
  node: JsonNode,
  conditions: readonly Condition[],
  { rules, path, problems }: StatementContext,
): void {
  if (effect === 'Allow' && principal?.negated === true) {
    problems.add('legacy', 'Allow with NotPrincipal is not allowed.', node.at, `${path}.NotPrincipal`)
  }
  if (
    rules.principal === 'everyone' &&
    principal !== undefined &&
    (principal.negated || !principal.everyone)
  ) {
    problems.add('legacy', 'Principal must be "*".', node.at, `${path}.Principal`)
  }
  if (rules.actions === 'sts' && (action.negated || !action.values.every((name) => /^sts:/i.test(name)))) {
    const text = 'AssumeRole policy may only specify STS AssumeRole actions.'
    problems.add('action format', text, node.at, `${path}.Action`)
  }
  const everyAction = !action.negated && action.values.length === 1 && action.values[0] === '*'
  const everyResource =
    resource?.negated === false && resource.values.length === 1 && resource.values[0] === '*'
  const fullAccess = effect === 'Allow' && everyAction && everyResource && conditions.length === 0
  if (rules.allow === 'full access only' && effect === 'Allow' && !fullAccess) {
    problems.add('legacy', 'Effect must be "Deny".', node.at, `${path}.Effect`)
  }
  if (rules.actions === 'of named services' && !fullAccess) {
    const named = !action.negated && action.values.every((name) => /^[A-Za-z0-9.-]+:/.test(name))
    if (!named) problems.add('legacy', 'Action must name services.', node.at, `${path}.Action`)
  }
}
