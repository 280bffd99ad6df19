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
  /** A number for each text, given once and never again. */
  readonly #numbers = new Bounded<string, number>(policiesMax)
  #lastNumber = 0

  parse(text: string, kind: PolicyKind): Policy {
    return this.#parsed.of(`${kind} ${text}`, () => {
      const result = parsePolicy(text, kind)
      assert.ok('policy' in result, `a stored ${kind} policy does not parse`)
      return result.policy
    })
  }

  /** The set of the policies that a resource carries: its own, and a policy for each grant. */
  set(texts: readonly string[], kind: PolicyKind): PolicySet {
    // By the texts' numbers: a name made of the texts themselves would be copied and hashed on every call.
    let name: string = kind
    for (const text of texts) name += ` ${this.#numbers.of(text, () => (this.#lastNumber += 1))}`
    return this.#sets.of(name, () =>
      compile(texts.map((text) => ({ name: kind, policy: this.parse(text, kind) }))),
    )
  }
}
