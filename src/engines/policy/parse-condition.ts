import type { Condition } from './ast.ts'
import type { JsonNode } from './json.ts'
import { operators, parseOperator } from './operators.ts'
import type { Problems } from './problems.ts'
import type { PolicyVersion } from './version.ts'

/**
 * Reads a `Condition` block to one entry an operator and key.
 * What no operator could evaluate is refused here, where its author reads the answer, and not found out by a request.
 */
export function readConditions(
  node: JsonNode,
  version: PolicyVersion,
  path: string,
  problems: Problems,
): readonly Condition[] {
  const syntax = (at: JsonNode, where: string): readonly Condition[] => {
    problems.add('syntax', 'Syntax errors in policy.', at.at, where)
    return []
  }
  if (node.kind !== 'object') return syntax(node, path)
  return node.members.flatMap(({ key: name, value: block }) => {
    const where = `${path}.${name}`
    if (block.kind !== 'object') return syntax(block, where)
    // IAM takes any name for a block that asks nothing.
    if (block.members.length === 0) return []
    const parsed = parseOperator(name)
    if (parsed === undefined) return syntax(block, where)
    return block.members.flatMap(({ key, at, value }) => {
      const values = readValues(value)
      if (values === undefined || key === '') return syntax(value, `${where}.${key}`)
      if (operators[parsed.operator].compile(values, version) === undefined) {
        problems.add('legacy', 'The policy failed legacy parsing', value.at, `${where}.${key}`)
      }
      return [{ ...parsed, key: key.toLowerCase(), values, line: at.line, column: at.column }]
    })
  })
}

/** Values are strings, and numbers and booleans as they are written. Source: IAM User Guide, policy grammar. */
function readValues(node: JsonNode): readonly string[] | undefined {
  const nodes = node.kind === 'array' ? node.items : [node]
  const values: string[] = []
  for (const item of nodes) {
    if (item.kind === 'string') values.push(item.value)
    else if (item.kind === 'number') values.push(item.text)
    else if (item.kind === 'boolean') values.push(String(item.value))
    else return undefined
  }
  return values
}
