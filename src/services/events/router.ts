import { createPatternSet, type PatternSet, parsePattern } from '#engines/events/index.ts'
import type { Scope, Store } from '#core/store/index.ts'
import { changesOf } from '#core/store/index.ts'
import { type ArchiveDocument, archives, type RuleDocument, rules } from './documents.ts'

/** Which rules an event concerns. Every worker has one. */
export interface Router {
  /** The enabled rules of a bus whose pattern the event matches. */
  match(scope: Scope, bus: string, event: unknown): readonly RuleDocument[]
  /** Keys of the archives of a bus that keep the event. */
  archives(scope: Scope, bus: string, event: unknown): readonly string[]
  /** Whether a bus has an enabled rule with a pattern, or an archive: without one, nobody needs to make the event. */
  listens(scope: Scope, bus: string): boolean
}

interface BusRules {
  readonly set: PatternSet<RuleDocument>
  readonly archives: PatternSet<string>
  /** Archives that keep every event. */
  readonly all: readonly string[]
  readonly some: boolean
}

/** Keeps a pattern set a bus, made when it is first asked and again once a rule of the bus changed. */
export function createRouter(store: Pick<Store, 'read' | 'tail'>): Router {
  const known = new Map<string, BusRules>()
  store.tail((change) => {
    for (const { account, region, before, after } of [
      ...changesOf(rules, change),
      ...changesOf(archives, change),
    ]) {
      const bus = (after ?? before)?.bus
      if (bus !== undefined) known.delete(keyOf({ account, region }, bus))
    }
    // A bus without rules is not worth remembering for ever.
    if (known.size > busesMax) known.clear()
  })

  function of(scope: Scope, bus: string): BusRules {
    const key = keyOf(scope, bus)
    const found = known.get(key)
    if (found) return found
    const entries = store.read
      .find(rules, scope, 'bus', bus)
      .flatMap(({ document }) => (document.state === 'DISABLED' ? [] : entryOf(document)))
    const kept = store.read.find(archives, scope, 'bus', bus).map(({ document }) => document)
    const made = {
      set: createPatternSet(entries),
      archives: createPatternSet(kept.flatMap(archiveEntry)),
      all: kept.filter(({ eventPattern }) => eventPattern === undefined).map(({ key: archive }) => archive),
      some: entries.length > 0 || kept.length > 0,
    }
    known.set(key, made)
    return made
  }

  return {
    match: (scope, bus, event) => of(scope, bus).set.match(event),
    archives(scope, bus, event) {
      const { archives: some, all } = of(scope, bus)
      return [...all, ...some.match(event)]
    },
    listens: (scope, bus) => of(scope, bus).some,
  }
}

const busesMax = 10_000

function keyOf({ account, region }: Scope, bus: string): string {
  return `${account}/${region}/${bus}`
}

function archiveEntry({ eventPattern, key }: ArchiveDocument) {
  const read = eventPattern === undefined ? undefined : parsePattern(eventPattern)
  return read?.ok === true ? [{ pattern: read.pattern, value: key }] : []
}

function entryOf(rule: RuleDocument) {
  const read = rule.eventPattern === undefined ? undefined : parsePattern(rule.eventPattern)
  return read?.ok === true ? [{ pattern: read.pattern, value: rule }] : []
}
