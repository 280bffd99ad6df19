import type { Address } from './address.ts'

/** What stands at a leaf of an event. */
export type Scalar = string | number | boolean | null

/** One member of a field's list. */
export type ValueTest =
  | { readonly kind: 'equals'; readonly value: Scalar }
  | { readonly kind: 'equals-ignore-case'; readonly text: string }
  | { readonly kind: 'prefix' | 'suffix'; readonly text: string; readonly ignoreCase: boolean }
  /** The literal pieces between wildcards: one more than there are wildcards. */
  | { readonly kind: 'wildcard'; readonly pieces: readonly string[] }
  | {
      readonly kind: 'numeric'
      readonly low: number
      readonly lowOpen: boolean
      readonly high: number
      readonly highOpen: boolean
    }
  | { readonly kind: 'address'; readonly first: Address; readonly last: Address }
  | { readonly kind: 'anything-but'; readonly tests: readonly ValueTest[] }
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' }

/** A field and what its value may be. */
export interface Field {
  /** The names that lead to it, none with a dot: `a.b` is `b` in `a`. */
  readonly path: readonly string[]
  readonly tests: readonly ValueTest[]
}

/** Fields of which each must match: one way through the pattern's `$or`s. */
export type Branch = readonly Field[]
