import { boundedText } from './bounded-text.ts'
import { NumberSet } from './number-set.ts'

/** What tells a record from all others: a text, or a number other than 0 where making texts would cost more than all the rest. */
export type RecordId = string | number

/** Ids that were seen lately: a record that comes twice is seen once. Holds between `max` / 2 and `max` of texts, and of numbers. */
export class SeenIds {
  #youngTexts = new Set<string>()
  #oldTexts = new Set<string>()
  #youngNumbers: NumberSet
  #oldNumbers: NumberSet
  readonly #half: number

  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2))
    this.#youngNumbers = new NumberSet(this.#half)
    this.#oldNumbers = new NumberSet(this.#half)
  }

  /** Whether it is new; it is not the next time. */
  isNew(id: RecordId): boolean {
    if (typeof id === 'number') return this.#isNewNumber(id)
    return this.#isNewText(boundedText(id))
  }

  #isNewText(id: string): boolean {
    if (this.#youngTexts.has(id) || this.#oldTexts.has(id)) return false
    if (this.#youngTexts.size >= this.#half) {
      this.#oldTexts = this.#youngTexts
      this.#youngTexts = new Set()
    }
    this.#youngTexts.add(id)
    return true
  }

  #isNewNumber(id: number): boolean {
    if (this.#youngNumbers.has(id) || this.#oldNumbers.has(id)) return false
    if (this.#youngNumbers.size >= this.#half) {
      const emptied = this.#oldNumbers
      emptied.clear()
      this.#oldNumbers = this.#youngNumbers
      this.#youngNumbers = emptied
    }
    this.#youngNumbers.add(id)
    return true
  }

  state(): readonly RecordId[] {
    return [
      ...this.#oldTexts,
      ...this.#youngTexts,
      ...this.#oldNumbers.values(),
      ...this.#youngNumbers.values(),
    ]
  }

  restore(ids: readonly RecordId[]): void {
    for (const id of ids) this.isNew(id)
  }
}
