import type { FieldValue } from './field-value.ts'
import type { Field, PreParse } from './fields/kinds.ts'
import { preParseTransformations, type PreParseType } from './fields/query.ts'
import { guarded, type Matches, type Source } from './guards.ts'
import type { Inspection } from './inspection.ts'
import { InputSearch } from './input-search.ts'
import { transformed } from './field-value.ts'
import { type TransformationType, transformations } from './transformations/index.ts'

/** Memory of a web ACL's automata: its rules' literals may be many and long. Units: bytes. Source: our own. */
const automataBytesMax = 16 * 1024 * 1024

/** A field after its transformations, computed once for each request however many rules look at it. */
export class Input {
  readonly #slot: number
  readonly #compute: (inspection: Inspection) => FieldValue
  readonly search: InputSearch

  constructor(slot: number, compute: (inspection: Inspection) => FieldValue) {
    this.#slot = slot
    this.#compute = compute
    this.search = new InputSearch(slot, (inspection) => this.read(inspection))
  }

  read(inspection: Inspection): FieldValue {
    const known = inspection.values[this.#slot]
    if (known !== undefined) return known
    const value = this.#compute(inspection)
    inspection.values[this.#slot] = value
    return value
  }

  /** A predicate that holds where any of the input's texts passes, or where the field has an answer of its own. */
  some(passes: (text: string) => boolean): Matches {
    return (inspection) => {
      const value = this.read(inspection)
      return typeof value === 'boolean' ? value : value.some(passes)
    }
  }

  /** The same, for what only passes texts of this length or more. */
  someOfLength(lengthMin: number, passes: (text: string) => boolean): Matches {
    return guarded(this.some(passes), [{ source: this.#lengths, key: lengthMin }])
  }

  readonly #lengths: Source = {
    prepare: (entries) => {
      const ascending = entries
        .map(({ key, rule }) => ({ lengthMin: Number(key), rule }))
        .sort((one, other) => one.lengthMin - other.lengthMin)
      return (inspection, found) => {
        const value = this.read(inspection)
        if (value === false) return
        let longest = value === true ? Number.POSITIVE_INFINITY : -1
        if (value !== true) for (const { length } of value) longest = Math.max(longest, length)
        for (const { lengthMin, rule } of ascending) {
          if (lengthMin > longest) return
          found(rule)
        }
      }
    },
  }
}

/** The inputs of one compiled web ACL. Those that begin with the same transformations share the work of these. */
export class Inputs {
  readonly #known = new Map<string, Input>()
  readonly #sources = new Map<string, Source>()

  /** The source of this name, for all rules that it guards. */
  source(name: string, make: () => Source): Source {
    const known = this.#sources.get(name)
    if (known !== undefined) return known
    const made = make()
    this.#sources.set(name, made)
    return made
  }

  of(field: Field, preParse: readonly PreParseType[], chain: readonly TransformationType[]): Input {
    const before = preParse.filter((type) => type !== 'NONE')
    const steps: PreParse = (query) =>
      before.reduce((text, type) => preParseTransformations[type](text), query)
    let key = JSON.stringify([field.key, before])
    let input = this.#input(key, (inspection) => field.read(inspection, steps))
    for (const type of chain) {
      if (type === 'NONE') continue
      key += `>${type}`
      const from = input
      const transform = transformations[type]
      input = this.#input(key, (inspection) => transformed(from.read(inspection), transform))
    }
    return input
  }

  #input(key: string, compute: (inspection: Inspection) => FieldValue): Input {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const made = new Input(this.#known.size, compute)
    this.#known.set(key, made)
    return made
  }

  /** Builds what was registered with the inputs. Nothing can be registered afterwards. */
  seal(): void {
    let left = automataBytesMax
    for (const { search } of this.#known.values()) left -= search.seal(left)
  }
}
