/**
 * Counts requests. Whoever implements it may share counts between workers; what it answers may then lag, as AWS's does.
 */
export interface Counter {
  /** Counts a request of this rule under this key; gives how many the window that ends now has, this one included. */
  count(rule: string, key: string, nowMs: number, windowSec: number): number
  /** How many the window that ends now has; nothing is counted. */
  counted(rule: string, key: string, nowMs: number, windowSec: number): number
}

/** A rate-based rule as its counts are kept. */
export interface RateRule {
  /** What its counts are kept under: changes with its settings, so that a change starts counting anew. */
  readonly id: string
  readonly rule: string
  readonly limit: number
  readonly windowSec: number
  readonly aggregateKeyType: 'IP' | 'FORWARDED_IP' | 'CONSTANT' | 'CUSTOM_KEYS'
}

/** The rate-based rules of a web ACL that is being compiled. */
export class RateRules {
  readonly counter: Counter
  readonly rules: RateRule[] = []
  readonly #owner: string

  /** `owner` keeps the counts of different web ACLs apart. */
  constructor(counter: Counter, owner: string) {
    this.counter = counter
    this.#owner = owner
  }

  add(rule: Omit<RateRule, 'id'>, settings: string): RateRule {
    const added = { id: JSON.stringify([this.#owner, rule.rule, settings]), ...rule }
    this.rules.push(added)
    return added
  }
}
