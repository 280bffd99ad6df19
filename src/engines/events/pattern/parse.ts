import { refuseTooComplex } from './complexity.ts'
import { JsonTokens } from './json-tokens.ts'
import { parseTests } from './parse-test.ts'
import type { Branch, Field } from './pattern.ts'
import { refusing } from './refusal.ts'
import { reservedInOr } from './reserved.ts'

/** Source: EventBridge quotas, "Event pattern size", the default. Units: characters. */
export const patternCharactersMax = 2048
/** Source: EventBridge User Guide, "Complex example with multiple matching", limits of `$or`. */
export const combinationsMax = 1000

export type ParsedBranches =
  | { readonly ok: true; readonly branches: readonly Branch[] }
  | { readonly ok: false; readonly reason: string }

/** Fields by their path: a name that comes twice replaces what stood there. Source: event-ruler, which keeps a map. */
type Fields = Map<string, Field>

/**
 * The branches of a pattern. Where a reading with `$or` as operator is refused, `$or` is a field like others; where that is refused
 * too, the first reason is told.
 * Source: event-ruler, `GenericMachine.addRule`.
 */
export function parseBranches(text: string, charactersMax: number): ParsedBranches {
  if (text.length > charactersMax)
    return { ok: false, reason: `Event pattern is longer than ${charactersMax} characters` }
  const read = refusing(() => new PatternReader(text, 'operator').read())
  if (!('refused' in read)) return { ok: true, branches: read }
  const plain = text.includes('"$or"') ? refusing(() => new PatternReader(text, 'field').read()) : read
  return 'refused' in plain ? { ok: false, reason: read.refused } : { ok: true, branches: plain }
}

class PatternReader {
  readonly #tokens: JsonTokens
  readonly #or: 'operator' | 'field'
  readonly #path: string[] = []

  constructor(text: string, or: 'operator' | 'field') {
    this.#tokens = new JsonTokens(text)
    this.#or = or
  }

  read(): readonly Branch[] {
    if (this.#tokens.next() !== '{') this.#tokens.refuse('Filter is not an object')
    const branches = this.#object([new Map()], false).map((fields) => [...fields.values()])
    this.#tokens.finish()
    refuseTooComplex(branches)
    return branches
  }

  #object(given: readonly Fields[], withinOr: boolean): readonly Fields[] {
    let branches = given
    let empty = true
    while (this.#tokens.next() !== '}') {
      empty = false
      const name = this.#tokens.text()
      branches =
        name === '$or' && this.#or === 'operator'
          ? this.#alternatives(branches)
          : this.#member(branches, name, withinOr)
    }
    if (empty) this.#tokens.refuse('Empty objects are not allowed')
    return branches
  }

  #member(branches: readonly Fields[], name: string, withinOr: boolean): readonly Fields[] {
    if (withinOr && reservedInOr.has(name))
      this.#tokens.refuse(`${name} is Ruler reserved fieldName which cannot be used inside $or.`)
    const kind = this.#tokens.next()
    if (kind !== '{' && kind !== '[') this.#tokens.refuse(`"${name}" must be an object or an array`)
    const names = name.split('.')
    this.#path.push(...names)
    const added =
      kind === '{'
        ? this.#object(branches, withinOr)
        : withField(branches, { path: [...this.#path], tests: parseTests(this.#tokens) })
    this.#path.length -= names.length
    return added
  }

  #alternatives(given: readonly Fields[]): readonly Fields[] {
    if (this.#tokens.next() !== '[') this.#tokens.refuse('It must be an Array followed with $or.')
    const branches: Fields[] = []
    let alternatives = 0
    for (let kind = this.#tokens.next(); kind !== ']'; kind = this.#tokens.next()) {
      if (kind !== '{') this.#tokens.refuse('Only JSON object is allowed in array of $or relationship.')
      alternatives += 1
      branches.push(
        ...this.#object(
          given.map((fields) => new Map(fields)),
          true,
        ),
      )
      if (branches.length > combinationsMax)
        this.#tokens.refuse(`More than ${combinationsMax} combinations of $or are not allowed`)
    }
    if (alternatives < 2) this.#tokens.refuse('There must have at least 2 Objects in $or relationship.')
    return branches
  }
}

function withField(branches: readonly Fields[], field: Field): readonly Fields[] {
  const key = JSON.stringify(field.path)
  for (const fields of branches) fields.set(key, field)
  return branches
}
