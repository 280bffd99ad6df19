// What detection sees of known techniques and says of their harmless twins, and of a quiet fortnight of fifty people: tables for docs/benchmarks.md.
// `node bench/detect-quality.ts [--seeds 5] [--false]`: over so many seeds; with each false finding.
import { measureQuality, type Outcome, type Quality } from '../test/simulation/quality.ts'
import { table } from './table.ts'

const options = process.argv.slice(2)
const seedsAt = options.indexOf('--seeds')
const seeds = Array.from({ length: seedsAt < 0 ? 5 : Number(options[seedsAt + 1]) }, (_, at) => at + 1)
const runs = seeds.map((seed) => measureQuality(seed))

const heads = ['seen from outside', 'from inside', 'twin found', 'told by']
console.log(
  table(
    ['technique', ...heads],
    rowsOf(({ outcomes }) => outcomes),
  ),
)
const withoutInside = rowsOf(({ ofThreats }) => ofThreats).map(
  ([name = '', seen = '', , twin = '', type = '']) => [name, seen, twin, type],
)
console.log(`\n${table(['other threat', 'seen', 'twin found', 'told by'], withoutInside)}`)
console.log(`\n${table(['false findings of quiet fortnights', 'all', 'a day'], falseRows(runs))}`)
console.log(`\n${summary(runs)}`)
if (options.includes('--false'))
  for (const [at, { quiet }] of runs.entries())
    for (const { type, key, count } of quiet) console.log(`seed ${seeds[at]}: ${type} ${key} (${count})`)

/** One row a technique: in how many runs it was seen, its twin found, by which types. */
function rowsOf(which: (run: Quality) => readonly Outcome[]): readonly (readonly string[])[] {
  const [first] = runs
  return (first ? which(first) : []).map(({ technique }, at) => {
    const outcomes = runs.flatMap((run) => which(run)[at] ?? [])
    const count = (is: (outcome: Outcome) => boolean): string =>
      `${outcomes.filter(is).length}/${runs.length}`
    return [
      technique.name,
      count(({ outside }) => outside.length > 0),
      count(({ inside }) => inside.length > 0),
      count(({ ofTwin }) => ofTwin.length > 0),
      technique.types.find((type) => outcomes.some(({ outside }) => outside.includes(type))) ?? '—',
    ]
  })
}

function falseRows(all: readonly Quality[]): readonly (readonly string[])[] {
  const days = all.reduce((sum, run) => sum + run.days, 0)
  const byType = Map.groupBy(
    all.flatMap(({ quiet }) => quiet),
    ({ type }) => type,
  )
  return [...byType]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([type, found]) => [type, String(found.length), (found.length / days).toFixed(2)])
}

function summary(all: readonly Quality[]): string {
  const share = (outcomes: readonly Outcome[], is: (outcome: Outcome) => boolean): string =>
    `${outcomes.filter(is).length} of ${outcomes.length}`
  const [known, others] = [all.flatMap((run) => run.outcomes), all.flatMap((run) => run.ofThreats)]
  const found = all.reduce((sum, { quiet }) => sum + quiet.length, 0)
  const days = all.reduce((sum, run) => sum + run.days, 0)
  return [
    `techniques seen, credentials used from outside: ${share(known, ({ outside }) => outside.length > 0)}`,
    `techniques seen, credentials used from their usual place: ${share(known, ({ inside }) => inside.length > 0)}`,
    `other threats seen: ${share(others, ({ outside }) => outside.length > 0)}`,
    `twins found: ${share([...known, ...others], ({ ofTwin }) => ofTwin.length > 0)}`,
    `false findings: ${found} in ${days} quiet days, ${(found / days).toFixed(2)} a day`,
  ].join('\n')
}
