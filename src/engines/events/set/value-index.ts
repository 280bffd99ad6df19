import { folded } from '../match/ignore-case.ts'
import { parseAddress } from '../pattern/address.ts'
import type { Scalar } from '../pattern/pattern.ts'
import { AffixTrie } from './affix-trie.ts'
import { type Interval, Intervals } from './intervals.ts'
import type { Token } from './token.ts'

/** What values of one field lead to. Only the kinds of tokens that are there cost anything. */
export class ValueIndex {
  readonly #exact = new Map<Scalar, number[]>()
  readonly #any: number[] = []
  readonly #anyCase = new Map<string, number[]>()
  readonly #affixes = new Map<string, { readonly trie: AffixTrie<number>; readonly anyCase: boolean }>()
  readonly #numbers: Interval<number, number>[] = []
  readonly #addresses: Interval<string, number>[] = []
  #numberIntervals: Intervals<number, number> | undefined
  /** By the length of an address: its family. */
  #addressIntervals = new Map<number, Intervals<string, number>>()
  #foldsText = false

  add(token: Token, branch: number): void {
    switch (token.kind) {
      case 'exact':
        append(this.#exact, token.value, branch)
        return
      case 'any':
        this.#any.push(branch)
        return
      case 'any-case':
        append(this.#anyCase, token.text, branch)
        this.#foldsText = true
        return
      case 'prefix':
      case 'suffix': {
        const kind = `${token.kind} ${token.anyCase}`
        const affix = this.#affixes.get(kind) ?? {
          trie: new AffixTrie(token.kind),
          anyCase: token.anyCase,
        }
        this.#affixes.set(kind, affix)
        affix.trie.add(token.text, branch)
        if (token.anyCase) this.#foldsText = true
        return
      }
      case 'numbers':
        this.#numbers.push({ first: token.first, last: token.last, value: branch })
        return
      case 'addresses':
        this.#addresses.push({ first: token.first, last: token.last, value: branch })
    }
  }

  /** Nothing is added behind this. */
  finish(): void {
    if (this.#numbers.length > 0) this.#numberIntervals = new Intervals(this.#numbers)
    for (const length of [4, 16]) {
      const family = this.#addresses.filter(({ first }) => first.length === length)
      if (family.length > 0) this.#addressIntervals.set(length, new Intervals(family))
    }
  }

  /** Calls `found` for every branch that the value leads to, for some more than once. */
  find(value: Scalar, found: (branch: number) => void): void {
    for (const branch of this.#any) found(branch)
    const exact = this.#exact.get(value)
    if (exact !== undefined) for (const branch of exact) found(branch)
    if (typeof value === 'string') this.#findText(value, found)
    else if (typeof value === 'number') this.#numberIntervals?.holding(value, found)
  }

  #findText(text: string, found: (branch: number) => void): void {
    if (this.#affixes.size > 0 || this.#foldsText) {
      const anyCase = this.#foldsText ? folded(text) : text
      const same = this.#anyCase.get(anyCase)
      if (same !== undefined) for (const branch of same) found(branch)
      for (const affix of this.#affixes.values()) affix.trie.holding(affix.anyCase ? anyCase : text, found)
    }
    if (this.#addressIntervals.size > 0) {
      const address = parseAddress(text)
      if (address !== undefined) this.#addressIntervals.get(address.length)?.holding(address, found)
    }
  }
}

function append<K>(map: Map<K, number[]>, key: K, branch: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [branch])
  else list.push(branch)
}
