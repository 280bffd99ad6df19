import assert from 'node:assert/strict'
import { compile, parsePolicy, type Policy, type PolicyKind, type PolicySet } from '#engines/policy/index.ts'
import { Bounded } from '../bounded.ts'
import type { StoredPolicy } from '../identities.ts'

const policiesMax = 20_000
/**
 * Of sets, and of the texts whose numbers name them. Units: characters of the policies' texts. A compiled policy takes 6 bytes for each where
 * it is one of AWS's, and 36 where somebody means it to.
 */
const charactersMax = 33_554_432
/** Of policies as they were read, which only those who compile them ask for. Units: as above. */
const parsedCharactersMax = 8_388_608

interface KeptSet {
  readonly set: PolicySet
  readonly characters: number
}

/**
 * Compiled policies by their text: a text always means the same, so what is kept here never goes stale.
 * Texts were validated when they were stored; one that does not parse now is a bug and denies.
 */
export class PolicyLibrary {
  readonly #parsed = new Bounded<string, Policy>(policiesMax, byKey(parsedCharactersMax))
  readonly #sets = new Bounded<string, KeptSet>(policiesMax, {
    weightMax: charactersMax,
    weigh: ({ characters }) => characters,
  })
  /** A number for each text and each name, given once and never again. */
  readonly #numbers = new Bounded<string, number>(policiesMax, byKey(charactersMax))
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
    let key: string = kind
    for (const text of texts) key += ` ${this.#numberOf(text)}`
    return this.#sets.of(key, () =>
      this.#compiled(
        texts.map((text) => ({ name: kind, text })),
        kind,
      ),
    ).set
  }

  /** The set of policies that are stored and that a caller carries, under the names that explanations show: one for all sessions of a role. */
  named(policies: readonly StoredPolicy[], kind: PolicyKind): PolicySet {
    let key = `named ${kind}`
    for (const { name, text } of policies) key += ` ${this.#numberOf(name)} ${this.#numberOf(text)}`
    return this.#sets.of(key, () => this.#compiled(policies, kind)).set
  }

  #numberOf(text: string): number {
    return this.#numbers.of(text, () => (this.#lastNumber += 1))
  }

  #compiled(policies: readonly StoredPolicy[], kind: PolicyKind): KeptSet {
    return {
      set: compile(policies.map(({ name, text }) => ({ name, policy: this.parse(text, kind) }))),
      characters: policies.reduce((sum, { text }) => sum + text.length, 0),
    }
  }
}

function byKey(weightMax: number) {
  return { weightMax, weigh: (_: unknown, { length }: string) => length }
}
