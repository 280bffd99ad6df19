/**
 * Event patterns, beside AWS's event-ruler in one run: first the answers to the same patterns and events, all of which agree or are
 * of a known difference; then how many events a second each asks of 1,000 rules, on one core. Ours is measured before and after the
 * peer, and the faster counts.
 */
import assert from 'node:assert/strict'
import { loadavg } from 'node:os'
import { createPatternSet, type EventPattern, matchesPattern, parsePattern } from '#engines/events/index.ts'
import { calibration } from './calibration.ts'
import { alternatives } from './events-alternatives.ts'
import { differences, mixedUp } from './events-differences.ts'
import { eventRuler, type Peer } from './events-peer.ts'
import {
  events,
  exactRules,
  handmadePairs,
  mixedRules,
  type Pair,
  pairs,
  ruleCount,
} from './events-workload.ts'
import { goalTable } from './goals.ts'
import { table } from './table.ts'

const pairCount = Number(process.env['EVENT_PAIRS'] ?? 30_000)
const rounds = Number(process.env['EVENT_ROUNDS'] ?? 8)
const roundMs = 250
/** Random pairs are far longer than a rule may be. */
const charactersMax = 1_000_000
const seed = Number(process.env['EVENT_SEED'] ?? 20_261_126)

const cases = { mixed: mixedRules, exact: exactRules } as const
type Case = keyof typeof cases

interface Rates {
  /** From the text of an event, as event-ruler takes it. Units: events a second. */
  readonly text: number
  /** From an event that was read before. */
  readonly read: number
}

console.log(
  `events: ${ruleCount} rules, ${events.length} events of ${Math.round(events.join('').length / events.length)} bytes, ` +
    `best of ${2 * rounds} rounds, load ${loadavg()[0]?.toFixed(2)}`,
)
const peer = await eventRuler()
if ('missing' in peer) console.log(`  NOT COMPARED, NOT MEASURED: ${peer.missing}`)
else await compareAnswers(peer)

console.log(calibration('before'))
const before = { mixed: measure('mixed'), exact: measure('exact') }
const theirs =
  'missing' in peer
    ? undefined
    : { mixed: await measurePeer(peer, 'mixed'), exact: await measurePeer(peer, 'exact') }
const after = { mixed: measure('mixed'), exact: measure('exact') }
console.log(calibration('after'))
if (!('missing' in peer)) await peer.close()

const ours = (name: Case): Rates => ({
  text: Math.max(before[name].text, after[name].text),
  read: Math.max(before[name].read, after[name].read),
})
const shown = (rate: number | undefined): string =>
  rate === undefined ? 'not measured' : Math.round(rate).toLocaleString('en')
console.log(
  table(
    ['events a second', 'every operator', 'exact values'],
    [
      ['redoubt, from text', shown(ours('mixed').text), shown(ours('exact').text)],
      ['redoubt, read before', shown(ours('mixed').read), shown(ours('exact').read)],
      ['event-ruler 1.8.1, from text', shown(theirs?.mixed.text), shown(theirs?.exact.text)],
      ['event-ruler 1.8.1, read before', shown(theirs?.mixed.read), shown(theirs?.exact.read)],
    ],
  ),
)
const times = (name: Case, from: keyof Rates): number | undefined =>
  theirs === undefined ? undefined : ours(name)[from] / theirs[name][from]
console.log(
  `\n${goalTable([
    { what: 'every operator, from text', atLeast: 100_000, measured: ours('mixed').text, unit: ' a second' },
    { what: 'exact values, from text', atLeast: 100_000, measured: ours('exact').text, unit: ' a second' },
    {
      what: "every operator, of event-ruler's, from text",
      atLeast: 1,
      measured: times('mixed', 'text'),
      unit: ' ×',
    },
    {
      what: "every operator, of event-ruler's, read before",
      atLeast: 1,
      measured: times('mixed', 'read'),
      unit: ' ×',
    },
    {
      what: "exact values, of event-ruler's, from text",
      atLeast: 1,
      measured: times('exact', 'text'),
      unit: ' ×',
    },
    {
      what: "exact values, of event-ruler's, read before",
      atLeast: 1,
      measured: times('exact', 'read'),
      unit: ' ×',
    },
  ])}`,
)

/** Throws at the first answer that differs for no known reason. */
async function compareAnswers(ruler: Peer): Promise<void> {
  const asked = [...handmadePairs, ...pairs(pairCount, seed)]
  const answers = await ruler.ask({ checked: asked.map(({ pattern }) => pattern), pairs: asked })
  const unlike: { readonly pair: Pair; readonly matches: boolean }[] = []
  let [refused, matched] = [0, 0]
  for (const [index, pair] of asked.entries()) {
    const parsed = parsePattern(pair.pattern, charactersMax)
    assert.equal(parsed.ok ? null : parsed.reason, answers.reasons[index], pair.pattern)
    if (!parsed.ok) {
      refused += 1
      continue
    }
    const matches = matchesPattern(parsed.pattern, JSON.parse(pair.event))
    if (matches) matched += 1
    if (matches !== answers.alone[index]) unlike.push({ pair, matches })
  }
  const known = await knownDifferences(ruler, unlike)
  for (const [name, rules] of Object.entries(cases)) await compareSets(ruler, name, rules)
  console.log(
    `  answers: ${asked.length} pairs (${refused} patterns refused in the same words, ${matched} matches) and ` +
      `${Object.keys(cases).length} sets agree with event-ruler, but for`,
  )
  for (const [why, count] of known) console.log(`    ${count} × ${why}`)
}

async function knownDifferences(
  ruler: Peer,
  unlike: readonly { readonly pair: Pair; readonly matches: boolean }[],
): Promise<ReadonlyMap<string, number>> {
  const known = new Map([...differences.map(({ why }) => why), mixedUp].map((why) => [why, 0]))
  for (const { pair, matches } of unlike) {
    const difference = differences.find((each) => each.ours === matches && each.explains(pair))
    const why = difference?.why ?? mixedUp
    if (difference === undefined)
      assert.equal(matches, await matchesAny(ruler, pair), `${pair.pattern} of ${pair.event}`)
    known.set(why, (known.get(why) ?? 0) + 1)
  }
  return known
}

/** What the peer answers when each test is asked alone. */
async function matchesAny(ruler: Peer, { pattern, event }: Pair): Promise<boolean | undefined> {
  const single = alternatives(pattern)?.map((each) => ({ pattern: each, event }))
  return single && (await ruler.ask({ pairs: single })).alone.includes(true)
}

async function compareSets(ruler: Peer, name: string, rules: readonly string[]): Promise<void> {
  const set = setOf(rules)
  const { together } = await ruler.ask({ patterns: rules, events })
  let matched = 0
  for (const [index, event] of events.entries()) {
    const want = [...(together[index] ?? [])].sort((one, other) => one - other)
    assert.deepEqual(set.match(JSON.parse(event)), want, `${name}: ${event}`)
    matched += want.length
  }
  assert.ok(matched > events.length / 10, `${name}: only ${matched} matches`)
}

function setOf(rules: readonly string[]): ReturnType<typeof createPatternSet<number>> {
  return createPatternSet(rules.map((rule, value) => ({ pattern: parse(rule), value })))
}

function parse(rule: string): EventPattern {
  const parsed = parsePattern(rule)
  assert.ok(parsed.ok, rule)
  return parsed.pattern
}

function measure(name: Case): Rates {
  const set = setOf(cases[name])
  const read = events.map((event) => JSON.parse(event) as unknown)
  return {
    text: best(events, (event) => set.match(JSON.parse(event))),
    read: best(read, (event) => set.match(event)),
  }
}

async function measurePeer(ruler: Peer, name: Case): Promise<Rates> {
  return (await ruler.ask({ patterns: cases[name], events, rounds: 2 * rounds, roundMs })).rates
}

/** Events a second in the best of the rounds. */
function best<T>(given: readonly T[], match: (event: T) => unknown): number {
  let fastest = 0
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    let [asked, elapsedMs] = [0, 0]
    while (elapsedMs < roundMs) {
      for (const event of given) match(event)
      asked += given.length
      elapsedMs = performance.now() - start
    }
    fastest = Math.max(fastest, (asked / elapsedMs) * 1000)
  }
  return fastest
}
