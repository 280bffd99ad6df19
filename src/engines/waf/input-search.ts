import { lowerAscii } from './bytes.ts'
import type { FieldValue } from './field-value.ts'
import { guarded, type Matches, rulesByKey, type Source } from './guards.ts'
import type { Inspection } from './inspection.ts'
import { LiteralScan, worthScanning } from './literal-scan.ts'
import { matcher, setMatcher } from './regex.ts'
import { requiredLiterals } from './required-literals.ts'

type Passes = (text: string) => boolean

/**
 * All that rules look for in one input, so that most of it is ruled out at once: one pass finds which literals occur,
 * and only a rule whose literals are among them is asked. Expressions that demand no literal are one automaton.
 */
export class InputSearch {
  readonly #slot: number
  readonly #read: (inspection: Inspection) => FieldValue
  readonly #literals = new Map<string, number>()
  readonly #undemanding = new Map<string, number>()
  #scan: LiteralScan | undefined
  #set: ((text: string) => readonly number[]) | undefined
  #sealed = false

  constructor(slot: number, read: (inspection: Inspection) => FieldValue) {
    this.#slot = slot
    this.#read = read
  }

  /** A predicate for texts that pass, none of which passes without containing the literal. */
  containing(literal: string, passes: Passes): Matches {
    return this.#guarded([lowerAscii(literal)], passes)
  }

  /** A predicate for texts in which a regular expression occurs. */
  expression(pattern: string): Matches {
    const literals = requiredLiterals(pattern)
    if (literals !== undefined) return this.#guarded(literals, matcher(pattern))
    const number = numbered(this.#undemanding, pattern)
    return (inspection) => {
      const value = this.#read(inspection)
      if (typeof value === 'boolean') return value
      return this.#occurring(inspection, value)[number] === 1
    }
  }

  /** Builds it within so many bytes, and gives how many it took: what finds no place makes each rule look for itself. */
  seal(bytesMax: number): number {
    if (this.#literals.size >= worthScanning)
      this.#scan = LiteralScan.within(bytesMax, [...this.#literals.keys()])
    if (this.#undemanding.size > 0) this.#set = setMatcher([...this.#undemanding.keys()])
    this.#sealed = true
    return this.#scan?.bytes ?? 0
  }

  #guarded(literals: readonly string[], passes: Passes): Matches {
    const numbers = literals.map((literal) => numbered(this.#literals, literal))
    const matches: Matches = (inspection) => {
      const value = this.#read(inspection)
      if (typeof value === 'boolean') return value
      if (this.#scan !== undefined) {
        const hits = (inspection.hits[this.#slot] ??= this.#scan.scan(value))
        if (hits.length === 0 || !numbers.some((number) => hits[number] === 1)) return false
      } else if (!this.#sealed) throw new Error('an input was read before it was sealed')
      return value.some(passes)
    }
    return guarded(
      matches,
      numbers.map((key) => ({ source: this.#occurrences, key })),
    )
  }

  /** Finds the rules of the literals that occur; without a scan, or where the field has an answer of its own, all of them. */
  readonly #occurrences: Source = {
    prepare: (entries) => {
      const byLiteral = rulesByKey(entries)
      return (inspection, found) => {
        const value = this.#read(inspection)
        if (value === false) return
        if (value === true || this.#scan === undefined) {
          for (const { rule } of entries) found(rule)
          return
        }
        const hits = (inspection.hits[this.#slot] ??= this.#scan.scan(value))
        for (let number = 0; number < hits.length; number += 1)
          if (hits[number] === 1) for (const rule of byLiteral.get(number) ?? []) found(rule)
      }
    },
  }

  #occurring(inspection: Inspection, value: readonly string[]): Uint8Array {
    const known = inspection.expressions[this.#slot]
    if (known !== undefined) return known
    if (this.#set === undefined) throw new Error('an input was read before it was sealed')
    const found = new Uint8Array(this.#undemanding.size)
    for (const text of value) for (const number of this.#set(text)) found[number] = 1
    inspection.expressions[this.#slot] = found
    return found
  }
}

function numbered(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text)
  if (known !== undefined) return known
  numbers.set(text, numbers.size)
  return numbers.size - 1
}
