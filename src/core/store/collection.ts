import { familyName } from './key.ts'

/** What a document is found under: one value, several, or none. */
export type IndexValues = string | readonly string[] | undefined

type ValuesOf<D> = (document: D, id: string) => IndexValues

/** One declared index of a collection. */
export interface Index<D> {
  /** True when it spans all accounts and regions (`findAnywhere`), false within one scope (`find`). */
  readonly anywhere: boolean
  /** Pure, and total on every stored document. A method, so that a collection of D is one of objects too. */
  valuesOf(document: D, id: string): IndexValues
}

/** A declared type of documents: what services read and write through a transaction. */
export interface Collection<D extends object> {
  readonly service: string
  readonly type: string
  /** `service/type`. */
  readonly name: string
  readonly indexes: ReadonlyMap<string, Index<D>>
}

/** What `collection` takes. An index given as a function spans one scope, one given as `{ anywhere }` all of them. */
export interface CollectionSpec<D> {
  readonly service: string
  readonly type: string
  readonly indexes?: Readonly<Record<string, ValuesOf<D> | { readonly anywhere: ValuesOf<D> }>>
}

/**
 * Declares a type of documents with its indexes. Declare each type once, in its service's `documents.ts`.
 * Documents are plain JSON data: objects, arrays, strings, finite numbers, booleans and null.
 */
export function collection<D extends object>(spec: CollectionSpec<D>): Collection<D> {
  const indexes = new Map<string, Index<D>>()
  for (const [name, given] of Object.entries(spec.indexes ?? {})) {
    const anywhere = typeof given !== 'function'
    indexes.set(name, { anywhere, valuesOf: anywhere ? given.anywhere : given })
  }
  return { service: spec.service, type: spec.type, name: familyName(spec.service, spec.type), indexes }
}

/** An index's values for one document, as a list. */
export function indexValues(
  index: Index<object>,
  document: object | undefined,
  id: string,
): readonly string[] {
  if (document === undefined) return []
  const values = index.valuesOf(document, id)
  if (values === undefined) return []
  return typeof values === 'string' ? [values] : values
}
