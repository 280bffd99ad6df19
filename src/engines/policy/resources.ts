import type { NameElement } from './ast.ts'
import { compilePattern } from './pattern.ts'
import type { Context } from './request.ts'
import { componentsOf, nothingKnown, parseTemplate, resolve } from './variables.ts'
import type { PolicyVersion } from './version.ts'

export type MatchesResource = (resource: string, context: Context) => boolean

/**
 * Compiles `Resource` or `NotResource`. The whole ARN is one text in which a `*` may reach beyond a colon, compared
 * with case; where a variable has no value the element does not match, `NotResource` included.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource", wildcards; "Variables and tags", Resource element.
 */
export function compileResource(element: NameElement | undefined, version: PolicyVersion): MatchesResource {
  // Trust policies, and resource policies that leave it out, mean the resource that they are attached to.
  if (element === undefined) return () => true
  const tests = element.values.map((value) => compileOne(value, version))
  const [only] = tests
  if (element.negated) return (resource, context) => tests.every((test) => test(resource, context) === false)
  if (only !== undefined && tests.length === 1) return (resource, context) => only(resource, context) === true
  return (resource, context) => {
    for (const test of tests) if (test(resource, context) === true) return true
    return false
  }
}

function compileOne(
  value: string,
  version: PolicyVersion,
): (resource: string, context: Context) => boolean | undefined {
  if (value === '*') return () => true
  const template = parseTemplate(completeArn(value), version, true)
  if (template === undefined) return () => undefined
  const constant = template.variable ? undefined : resolve(template, nothingKnown)
  if (constant !== undefined) return compilePattern(constant)
  return (resource, context) => {
    const pattern = resolve(template, context)
    return pattern === undefined ? undefined : compilePattern(pattern)(resource)
  }
}

/**
 * How each resource that the element can match begins: the literal text before the first wildcard or variable. A
 * resource that begins with none of them is not matched; one that does still has to be asked about.
 */
export function resourcePrefixes(
  element: NameElement | undefined,
  version: PolicyVersion,
): readonly string[] {
  if (element === undefined || element.negated) return ['']
  return element.values.map((value) => {
    const [first] = parseTemplate(completeArn(value), version, true)?.parts ?? []
    return first?.kind === 'text' ? first.text : ''
  })
}

/**
 * An ARN of fewer than six components means any value in those it leaves out: IAM reads `arn:aws:sqs` as
 * `arn:aws:sqs:*:*:*`, and says so in its errors. One that ends in `*` needs no help: "If the * wildcard is the last
 * character of a resource ARN segment, it can expand to match beyond the colon boundaries."
 */
function completeArn(value: string): string {
  const missing = value.endsWith('*') ? 0 : 6 - componentsOf(value).length
  return missing > 0 ? value + ':*'.repeat(missing) : value
}
