import { folded } from '../match/ignore-case.ts'
import type { Address } from '../pattern/address.ts'
import type { Scalar, ValueTest } from '../pattern/pattern.ts'

/** What an index looks a value up by. Every value that a test takes is found by the test's token; more may be. */
export type Token =
  | { readonly kind: 'exact'; readonly value: Scalar }
  | { readonly kind: 'any-case'; readonly text: string }
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string; readonly anyCase: boolean }
  | { readonly kind: 'numbers'; readonly first: number; readonly last: number }
  | { readonly kind: 'addresses'; readonly first: Address; readonly last: Address }
  /** Found by every value. */
  | { readonly kind: 'any' }

/** `undefined` for a test that no value meets, or for one that a missing field meets: nothing leads to that one. */
export function tokenOf(test: ValueTest): Token | undefined {
  switch (test.kind) {
    case 'equals':
      return { kind: 'exact', value: test.value }
    case 'equals-ignore-case':
      return { kind: 'any-case', text: folded(test.text) }
    case 'prefix':
    case 'suffix':
      return affix(test.kind, test.ignoreCase ? folded(test.text) : test.text, test.ignoreCase)
    case 'wildcard': {
      const [first = ''] = test.pieces
      const last = test.pieces.at(-1) ?? ''
      if (test.pieces.length === 1) return { kind: 'exact', value: first }
      return first.length >= last.length ? affix('prefix', first, false) : affix('suffix', last, false)
    }
    case 'numeric':
      return { kind: 'numbers', first: test.low, last: test.high }
    case 'address':
      return { kind: 'addresses', first: test.first, last: test.last }
    case 'exists':
    case 'anything-but':
      return { kind: 'any' }
    case 'absent':
      return undefined
  }
}

function affix(kind: 'prefix' | 'suffix', text: string, anyCase: boolean): Token {
  return text === '' ? { kind: 'any' } : { kind, text, anyCase }
}
