import type { FieldValue } from './field-value.ts'
import type { Field, PreParse } from './fields/kinds.ts'
import { preParseTransformations, type PreParseType } from './fields/query.ts'
import type { Inspection, Matches } from './inspection.ts'
import { InputSearch } from './input-search.ts'
import { transformed } from './field-value.ts'
import { type TransformationType, transformations } from './transformations/index.ts'

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
}

/** The inputs of one compiled web ACL. Those that begin with the same transformations share the work of these. */
export class Inputs {
  readonly #known = new Map<string, Input>()

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
    for (const { search } of this.#known.values()) search.seal()
  }
}
