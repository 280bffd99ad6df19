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

/** Answers what takes a sealed text's place; purpose and context are those under which it was sealed. */
export type MoveSealed = (purpose: string, context: string, sealed: string) => string

/** A declared type of documents: what services read and write through a transaction. */
export interface Collection<D extends object> {
  readonly service: string
  readonly type: string
  /** `service/type`. */
  readonly name: string
  readonly indexes: ReadonlyMap<string, Index<D>>
  /** The document with each of its sealed texts moved; one that holds none comes back as it is. A method, as `valuesOf` is. */
  reseal(document: D, id: string, move: MoveSealed): D
  /** The document as it is taken into another data directory. */
  moved(document: D): D
}

/** What `collection` takes. An index given as a function spans one scope, one given as `{ anywhere }` all of them. */
export interface CollectionSpec<D> {
  readonly service: string
  readonly type: string
  readonly indexes?: Readonly<Record<string, ValuesOf<D> | { readonly anywhere: ValuesOf<D> }>>
  /** For documents that hold sealed texts: how each is found, so that it can move to another root key. */
  readonly reseal?: (document: D, id: string, move: MoveSealed) => D
  /** For documents that say how far this data directory's telemetry was read: that is nothing to another one. */
  readonly moved?: (document: D) => D
}

/** Every collection there is: what is stored is of one of them, or of a program that knows more. */
const declared = new Set<Collection<object>>()

/** Every collection that a module loaded so far has declared, for whoever moves or checks all that is stored. */
export function declaredCollections(): Iterable<Collection<object>> {
  return declared
}

/**
 * Declares a type of documents with its indexes and sealed texts. Declare each type once, in its service's `documents.ts`.
 * Documents are plain JSON data: objects, arrays, strings, finite numbers, booleans and null.
 */
export function collection<D extends object>(spec: CollectionSpec<D>): Collection<D> {
  const indexes = new Map<string, Index<D>>()
  for (const [name, given] of Object.entries(spec.indexes ?? {})) {
    const anywhere = typeof given !== 'function'
    indexes.set(name, { anywhere, valuesOf: anywhere ? given.anywhere : given })
  }
  const { service, type, reseal = (document) => document, moved = (document) => document } = spec
  const made: Collection<D> = { service, type, name: familyName(service, type), indexes, reseal, moved }
  declared.add(made)
  return made
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
