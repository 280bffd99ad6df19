import assert from 'node:assert/strict'
import { compile, parsePolicy, type Policy, type PolicyKind, type PolicySet } from '#engines/policy/index.ts'
import { Bounded } from '../bounded.ts'

const policiesMax = 20_000

/**
 * Compiled policies by their text: a text always means the same, so what is kept here never goes stale.
 * Texts were validated when they were stored; one that does not parse now is a bug and denies.
 */
export class PolicyLibrary {
  readonly #parsed = new Bounded<string, Policy>(policiesMax)
  readonly #sets = new Bounded<string, PolicySet>(policiesMax)

  parse(text: string, kind: PolicyKind): Policy {
    return this.#parsed.of(`${kind} ${text}`, () => {
      const result = parsePolicy(text, kind)
      assert.ok('policy' in result, `a stored ${kind} policy does not parse`)
      return result.policy
    })
  }

  /** The set of a single policy, as a resource carries one. */
  set(text: string, kind: PolicyKind): PolicySet {
    return this.#sets.of(`${kind} ${text}`, () => compile([{ name: kind, policy: this.parse(text, kind) }]))
  }
}
