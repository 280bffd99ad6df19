import type { CompiledStatement } from './statement.ts'

/** Below this many statements, looking at each is faster than looking any up. Source: bench/decide.ts. */
const worthIndexing = 10
/** More lengths cost more look-ups than they save statements; a longer prefix is cut to one of these. */
const lengthsMax = 6

/**
 * Statements that can match a resource, found by how their ARNs begin. A tier holds them by a prefix of one length;
 * what it gives is a superset, each statement of which still decides for itself.
 */
export class ResourceTier {
  readonly #length: number
  readonly #byPrefix: ReadonlyMap<string, readonly CompiledStatement[]>
  readonly #whole: readonly CompiledStatement[] | undefined

  constructor(length: number, entries: readonly (readonly [prefix: string, statement: CompiledStatement])[]) {
    const byPrefix = new Map<string, CompiledStatement[]>()
    for (const [prefix, statement] of entries) {
      const found = byPrefix.get(prefix)
      if (found === undefined) byPrefix.set(prefix, [statement])
      // A statement whose ARNs share the prefix needs one look.
      else if (found.at(-1) !== statement) found.push(statement)
    }
    this.#length = length
    this.#byPrefix = byPrefix
    this.#whole = length === 0 ? byPrefix.get('') : undefined
  }

  about(resource: string): readonly CompiledStatement[] {
    return this.#whole ?? this.#byPrefix.get(resource.slice(0, this.#length)) ?? none
  }
}

const none: readonly CompiledStatement[] = []

/** Sorts statements into tiers. */
export function resourceTiers(statements: readonly CompiledStatement[]): readonly ResourceTier[] {
  if (statements.length < worthIndexing)
    return [
      new ResourceTier(
        0,
        statements.map((statement) => ['', statement]),
      ),
    ]
  const prefixes = statements.flatMap((statement) =>
    statement.resourcePrefixes.map((prefix) => [prefix, statement] as const),
  )
  const lengths = chosenLengths(prefixes.map(([prefix]) => prefix.length))
  return lengths.flatMap((length, index) => {
    const next = lengths[index + 1] ?? Number.POSITIVE_INFINITY
    const here = prefixes.filter(([prefix]) => prefix.length >= length && prefix.length < next)
    if (here.length === 0) return []
    return [
      new ResourceTier(
        length,
        here.map(([prefix, statement]) => [prefix.slice(0, length), statement]),
      ),
    ]
  })
}

/** At most `lengthsMax` of the lengths that occur, spread over them, ascending, and always 0 for what is shorter. */
function chosenLengths(all: readonly number[]): readonly number[] {
  const distinct = [...new Set([0, ...all])].sort((one, other) => one - other)
  if (distinct.length <= lengthsMax) return distinct
  const step = (distinct.length - 1) / (lengthsMax - 1)
  return Array.from({ length: lengthsMax }, (_, index) => distinct[Math.floor(index * step)] ?? 0)
}
