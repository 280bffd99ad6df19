// What detection sees of known techniques and says of their harmless twins, and of a quiet fortnight of fifty people: tables for docs/benchmarks.md.
// `node bench/detect-quality.ts [--seeds 5] [--false]`: over so many seeds; with each false finding.
import { measureQuality, type Outcome, type Quality } from '../test/simulation/quality.ts'
import { table } from './table.ts'

const options = process.argv.slice(2)
const seedsAt = options.indexOf('--seeds')
const seeds = Array.from({ length: seedsAt < 0 ? 5 : Number(options[seedsAt + 1]) }, (_, at) => at + 1)
const runs = seeds.map((seed) => measureQuality(seed))

console.log(table(['technique', 'from outside', 'from inside', 'twin found', 'told by'], techniqueRows(runs)))
console.log(`\n${table(['false findings of quiet fortnights', 'all', 'a day'], falseRows(runs))}`)
console.log(`\n${summary(runs)}`)
if (options.includes('--false'))
  for (const [at, { quiet }] of runs.entries())
    for (const { type, key, count } of quiet) console.log(`seed ${seeds[at]}: ${type} ${key} (${count})`)

/** One row a technique: in how many runs it was seen, its twin found, by which types. */
function techniqueRows(all: readonly Quality[]): readonly (readonly string[])[] {
  const [first] = all
  return (first?.outcomes ?? []).map(({ technique }, at) => {
    const outcomes = all.flatMap(({ outcomes: each }) => each[at] ?? [])
    const count = (is: (outcome: Outcome) => boolean): string => `${outcomes.filter(is).length}/${all.length}`
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
  const outcomes = all.flatMap((run) => run.outcomes)
  const share = (is: (outcome: Outcome) => boolean): string =>
    `${outcomes.filter(is).length} of ${outcomes.length}`
  const found = all.reduce((sum, { quiet }) => sum + quiet.length, 0)
  const days = all.reduce((sum, run) => sum + run.days, 0)
  return [
    `techniques seen, credentials used from outside: ${share(({ outside }) => outside.length > 0)}`,
    `techniques seen, credentials used from their usual place: ${share(({ inside }) => inside.length > 0)}`,
    `twins found: ${share(({ ofTwin }) => ofTwin.length > 0)}`,
    `false findings: ${found} in ${days} quiet days, ${(found / days).toFixed(2)} a day`,
  ].join('\n')
}
