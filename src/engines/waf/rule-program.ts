import { type Find, type Guard, type GuardedRule, labelSource, type Source } from './guards.ts'
import type { Inspection } from './inspection.ts'

/** What a program needs of a rule. */
export interface Guarded {
  readonly guards?: readonly Guard[] | undefined
}

/** With fewer rules, asking each is as fast. */
const worthPlanning = 16

/**
 * Rules in their order, of which a request meets only those that can match it: a rule with guards waits until one of
 * them is found to hold. What finds them is asked where the first rule that waits for it stands, so that no part of a
 * request is read earlier than its rules would read it.
 */
export class RuleProgram {
  readonly #rules: number
  /** Rules that are always asked, a bit each. */
  readonly #always: Uint32Array
  /** What is to be found before a rule is asked. */
  readonly #finds: readonly (readonly Find[] | undefined)[]
  readonly #findLabels: Find | undefined
  /** Rules at which something is to be found, a bit each. */
  readonly #stations: Uint32Array

  constructor(rules: readonly Guarded[]) {
    this.#rules = rules.length
    const words = (rules.length + 31) >> 5
    this.#always = new Uint32Array(words)
    this.#stations = new Uint32Array(words)
    const waiting = new Map<Source, GuardedRule[]>()
    for (const [rule, { guards }] of rules.entries()) {
      if (guards === undefined || rules.length < worthPlanning) set(this.#always, rule)
      else for (const { source, key } of guards) entriesOf(waiting, source).push({ key, rule })
    }
    const finds: (Find[] | undefined)[] = []
    for (const [source, entries] of waiting) {
      if (source === labelSource) continue
      const first = entries[0]?.rule ?? 0
      finds[first] ??= []
      finds[first].push(source.prepare(entries))
      set(this.#stations, first)
    }
    this.#finds = finds
    const labels = waiting.get(labelSource)
    this.#findLabels = labels && labelSource.prepare(labels)
  }

  /** Asks the rules that can match, in order, until `ask` answers that one has ended it. */
  run(inspection: Inspection, ask: (rule: number) => boolean): void {
    if (this.#rules < worthPlanning) {
      for (let rule = 0; rule < this.#rules; rule += 1) if (ask(rule)) return
      return
    }
    const pending = this.#always.slice()
    let at = 0
    const found = (rule: number): void => {
      if (rule >= at) set(pending, rule)
    }
    const { labels } = inspection
    let seen = 0
    for (let word = 0; word < pending.length; word += 1) {
      let stations = this.#stations[word] ?? 0
      for (;;) {
        if (labels.size !== seen && this.#findLabels !== undefined) {
          seen = labels.size
          this.#findLabels(inspection, found)
        }
        const bits = (pending[word] ?? 0) | stations
        if (bits === 0) break
        const bit = bits & -bits
        const rule = (word << 5) + 31 - Math.clz32(bit)
        if ((stations & bit) !== 0) {
          stations &= ~bit
          at = rule
          for (const find of this.#finds[rule] ?? []) find(inspection, found)
          continue
        }
        pending[word] = (pending[word] ?? 0) & ~bit
        at = rule + 1
        if (ask(rule)) return
      }
    }
  }
}

function set(bits: Uint32Array, number: number): void {
  bits[number >> 5] = (bits[number >> 5] ?? 0) | (1 << (number & 31))
}

function entriesOf(waiting: Map<Source, GuardedRule[]>, source: Source): GuardedRule[] {
  const entries = waiting.get(source) ?? []
  waiting.set(source, entries)
  return entries
}
