import type { Inspection } from './inspection.ts'

/**
 * Says whether a request matches; `undefined`: the question does not apply to it, and neither does its opposite.
 *
 * Where it has guards, it holds only where one of them does, and asking it then has no other effect: of many such, only
 * those are asked whose guards hold.
 */
export interface Matches {
  (inspection: Inspection): boolean | undefined
  readonly guards?: readonly Guard[]
}

/** Something without which a rule does not match, found for many rules at once. */
export interface Guard {
  readonly source: Source
  /** What of its source: the number of a literal, a length, a country. */
  readonly key: number | string
  /** Its source does what asking the rule would do besides; that stands only for a rule that consists of it. */
  readonly alone?: true
}

/** Finds what guards many rules, at once. */
export interface Source {
  /** Prepares to find these keys' rules. Runs once, when the web ACL is compiled. */
  readonly prepare: (entries: readonly GuardedRule[]) => Find
}

/** A key under which a rule is found, and the rule by its number. */
export interface GuardedRule {
  readonly key: number | string
  readonly rule: number
}

/** Reports the rules whose key holds for this request. */
export type Find = (inspection: Inspection, found: (rule: number) => void) => void

/** INVARIANT: `matches` holds only where one of the guards does; one that lies lets requests through. */
export function guarded(matches: Matches, guards: readonly Guard[]): Matches {
  return Object.assign((inspection: Inspection) => matches(inspection), { guards })
}

/** The rules of each key. */
export function rulesByKey(entries: readonly GuardedRule[]): ReadonlyMap<number | string, readonly number[]> {
  const byKey = new Map<number | string, number[]>()
  for (const { key, rule } of entries) {
    const rules = byKey.get(key)
    if (rules === undefined) byKey.set(key, [rule])
    else rules.push(rule)
  }
  return byKey
}

/** Labels that earlier rules add, by their names and, ending with a colon, by their namespaces: a program watches them itself. */
export const labelSource: Source = {
  prepare: (entries) => {
    const byKey = rulesByKey(entries)
    return ({ labels }, found) => {
      for (const label of labels) {
        for (const rule of byKey.get(label) ?? []) found(rule)
        for (let colon = label.indexOf(':'); colon >= 0; colon = label.indexOf(':', colon + 1))
          for (const rule of byKey.get(label.slice(0, colon + 1)) ?? []) found(rule)
      }
    }
  },
}
