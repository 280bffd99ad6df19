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

  /** The set of the policies that a resource carries: its own, and a policy for each grant. */
  set(texts: readonly string[], kind: PolicyKind): PolicySet {
    // A policy is JSON, so none holds a bare NUL: two lists never share a name.
    return this.#sets.of(`${kind} ${texts.join('\0')}`, () =>
      compile(texts.map((text) => ({ name: kind, policy: this.parse(text, kind) }))),
    )
  }
}
