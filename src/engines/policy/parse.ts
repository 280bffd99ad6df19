import type { Policy, PolicyKind, Problem } from './ast.ts'
import { readJson, type JsonNode } from './json.ts'
import { kinds, wording, type KindRules } from './kinds.ts'
import { parseStatement } from './parse-statement.ts'
import { Problems } from './problems.ts'
import { policyVersions, type PolicyVersion } from './version.ts'

/**
 * The longest text that is read at all; the services' own limits are lower and theirs to check.
 * Units: UTF-16 code units. Source: the longest policy that AWS itself publishes (AWSSupportServiceRolePolicy) has
 * 152,297.
 */
export const policyTextMax = 1_048_576

/** What a document is asked for besides being well-formed. */
export interface ParseOptions {
  /** What managed policies ask for: CreatePolicy refuses 2008-10-17, and a document without a version. */
  readonly versionMin?: PolicyVersion | undefined
}

const alphanumeric = /^[0-9A-Za-z]*$/
const top = { line: 1, column: 1 }

/**
 * Reads a policy of one kind, to a frozen AST with positions, or to what is wrong with it: the first problem is the
 * one that AWS reports, in AWS's words.
 * Units: time is linear in the text. Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function parsePolicy(
  text: string,
  kind: PolicyKind,
  options: ParseOptions = {},
): { readonly policy: Policy } | { readonly problems: readonly [Problem, ...Problem[]] } {
  const problems = new Problems()
  const policy = read(text, kind, options, problems)
  const [first, ...others] = problems.inOrder().map((problem) => ({
    ...problem,
    message: wording(kind, problem.message),
  }))
  if (first !== undefined) return { problems: [first, ...others] }
  if (policy === undefined) return { problems: [{ message: kinds[kind].texts.json, ...top, path: '' }] }
  return { policy: freeze(policy) }
}

function read(text: string, kind: PolicyKind, options: ParseOptions, problems: Problems): Policy | undefined {
  const { texts } = kinds[kind]
  if (text.length > policyTextMax) {
    problems.add('syntax', texts.json, top, '')
    return undefined
  }
  const json = readJson(text)
  if ('problem' in json) {
    problems.add('syntax', texts.json, json.problem.at, '')
    return undefined
  }
  if (json.node.kind !== 'object') {
    problems.add('syntax', texts.json, json.node.at, '')
    return undefined
  }
  return readDocument(json.node, kind, options, problems)
}

function readDocument(
  document: Extract<JsonNode, { kind: 'object' }>,
  kind: PolicyKind,
  { versionMin }: ParseOptions,
  problems: Problems,
): Policy {
  const rules: KindRules = kinds[kind]
  const syntax = 'Syntax errors in policy.'
  let version: PolicyVersion = '2008-10-17'
  let id: string | undefined
  let list: JsonNode | undefined
  for (const { key, at, value } of document.members) {
    switch (key) {
      case 'Version': {
        const known = policyVersions.find((name) => value.kind === 'string' && value.value === name)
        if (known === undefined) problems.add('syntax', rules.texts.version, value.at, key)
        else version = known
        break
      }
      case 'Id':
        if (value.kind === 'string') id = value.value
        else problems.add('syntax', syntax, value.at, key)
        break
      case 'Statement':
        list = value
        break
      default:
        problems.add('syntax', rules.texts.unknownElement(key), at, key)
    }
  }
  if (versionMin === '2012-10-17' && version !== versionMin) {
    problems.add(
      'version',
      `Policy document must be version ${versionMin} or greater.`,
      document.at,
      'Version',
    )
  }
  const nodes = list?.kind === 'array' ? list.items : list === undefined ? [] : [list]
  if (nodes.length === 0) problems.add('syntax', rules.texts.empty, (list ?? document).at, 'Statement')
  const statements = nodes.flatMap(
    (node, index) => parseStatement(node, { rules, version, path: `Statement[${index}]`, problems }) ?? [],
  )
  checkSids(nodes, rules, problems)
  return { kind, version, id, statements }
}

/**
 * Looks at the text and not at the statements read from it: IAM compares Sids before it looks what else is missing.
 * Source: IAM User Guide, "IAM JSON policy elements: Sid"; IAM's answers for the texts.
 */
function checkSids(nodes: readonly JsonNode[], rules: KindRules, problems: Problems): void {
  const seen = new Set<string>()
  for (const [index, node] of nodes.entries()) {
    const member = node.kind === 'object' ? node.members.find(({ key }) => key === 'Sid') : undefined
    if (member?.value.kind !== 'string' || member.value.value === '') continue
    const sid = member.value.value
    const path = `Statement[${index}].Sid`
    if (rules.sid === 'alphanumeric' && !alphanumeric.test(sid)) {
      const text =
        'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
      problems.add('sid', text, member.at, path)
    } else if (seen.has(sid)) {
      problems.add('sid', 'Statement IDs (SID) in a single policy must be unique.', member.at, path)
    }
    seen.add(sid)
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
