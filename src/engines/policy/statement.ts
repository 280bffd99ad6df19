import type { Policy, Statement } from './ast.ts'
import { compileCondition, type Holds } from './condition.ts'
import { compilePattern, patternOf, type Matches } from './pattern.ts'
import { compilePrincipal, type PrincipalMatcher } from './principals.ts'
import type { Context } from './request.ts'
import { compileResource, resourcePrefixes, type MatchesResource } from './resources.ts'
import type { Layer, StatementRef, Verdict } from './verdict.ts'

/** One statement as predicates, with the verdicts that it can decide made beforehand, so that deciding allocates nothing. */
export class CompiledStatement {
  readonly effect: 'Allow' | 'Deny'
  readonly ref: StatementRef
  /** Expects the action in lower case. */
  readonly matchesAction: Matches
  /** Absent where the principal is whoever the policy is attached to. */
  readonly principal: PrincipalMatcher | undefined
  /** The beginnings of the ARNs that can match; see `resourcePrefixes`. */
  readonly resourcePrefixes: readonly string[]
  readonly #matchesResource: MatchesResource
  readonly #conditions: readonly Holds[]
  readonly #verdicts = new Map<Layer, Verdict>()

  constructor(name: string, policy: Policy, statement: Statement, statementIndex: number) {
    const { effect, sid, line, column, principal, action, resource, conditions } = statement
    this.effect = effect
    this.ref = Object.freeze({ policy: name, statementIndex, sid, line, column })
    this.matchesAction = compileAction(action.values, action.negated)
    this.principal = principal === undefined ? undefined : compilePrincipal(principal, effect)
    this.resourcePrefixes = resourcePrefixes(resource, policy.version)
    this.#matchesResource = compileResource(resource, policy.version)
    this.#conditions = conditions.map((condition) => compileCondition(condition, policy.version, effect))
  }

  /** Whether resource and conditions match; action and principal are the caller's to ask. */
  applies(resource: string, context: Context): boolean {
    if (!this.#matchesResource(resource, context)) return false
    for (const holds of this.#conditions) if (!holds(context)) return false
    return true
  }

  /** The verdict when this statement, in this layer, is what decides. */
  verdict(layer: Layer): Verdict {
    const known = this.#verdicts.get(layer)
    if (known !== undefined) return known
    const verdict: Verdict = Object.freeze({
      decision: this.effect,
      because: Object.freeze({ kind: 'explicit', layer, statements: Object.freeze([this.ref]) }),
    })
    this.#verdicts.set(layer, verdict)
    return verdict
  }
}

/** Actions are compared without case. Source: IAM User Guide, "IAM JSON policy elements: Action". */
function compileAction(values: readonly string[], negated: boolean): Matches {
  const tests = values.map((value) => compilePattern(patternOf(value.toLowerCase())))
  return (action) => tests.some((test) => test(action)) !== negated
}
