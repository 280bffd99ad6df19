/**
 * How cost grows: one operation among so many, ten times and a hundred times as many users, policies, keys, rules, connections; the CPU time of it
 * and the memory of each one more. Calls of the API go the whole way in this process, but for sockets, disk and records, which know nothing of how
 * many there are. `GROWTH_ROUNDS=3 node bench/growth.ts` for a quick look; a word as parameter chooses the subjects that it stands in.
 */
import { writeFileSync } from 'node:fs'
import { calibration } from './calibration.ts'
import { connectionGrowth } from './growth/connections.ts'
import { doorSubjects } from './growth/doors.ts'
import { identitySubjects } from './growth/identities.ts'
import { keySubjects } from './growth/keys.ts'
import { logSubjects } from './growth/logs.ts'
import { type Growth, growthOf } from './growth/measure.ts'
import { ruleSubjects } from './growth/rules.ts'
import { plot } from './plot.ts'
import { table } from './table.ts'

const rounds = Number(process.env['GROWTH_ROUNDS'] ?? 9)
const roundMs = 100
const [word = ''] = process.argv.slice(2)
const subjects = [...identitySubjects, ...keySubjects, ...logSubjects, ...ruleSubjects, ...doorSubjects]

console.log(
  `${rounds} rounds of ${roundMs} ms in turn, medians; memory after garbage collection\n${calibration('before')}`,
)
const measured: Growth[] = []
for (const subject of subjects)
  if (nameOf(subject).includes(word)) {
    process.stderr.write(`  growth: ${nameOf(subject)}\n`)
    measured.push(await growthOf(subject, rounds, roundMs))
  }
if ('idle connections'.includes(word)) measured.push(await connectionGrowth(rounds, 0.5))
console.log(`${calibration('after')}\n`)

const micros = (value = Number.NaN): string => value.toFixed(value < 10 ? 2 : 1)
const ratio = ({ micros: all }: Growth, index: number): string =>
  `${((all[index] ?? Number.NaN) / (all[0] ?? Number.NaN)).toFixed(2)} ×`
console.log(
  table(
    ['CPU µs of', 'among', '1 ×', '10 ×', '100 ×', '10 × ÷ 1 ×', '100 × ÷ 1 ×', 'bytes each'],
    measured.map((growth) => [
      growth.subject.operation,
      `${growth.subject.counts.map((count) => count.toLocaleString('en')).join(' · ')} ${growth.subject.what}`,
      ...growth.micros.map(micros),
      ratio(growth, 1),
      ratio(growth, 2),
      Math.round(growth.bytesEach).toLocaleString('en'),
    ]),
  ),
)

const picture = process.env['BENCH_PICTURE']
if (picture !== undefined)
  writeFileSync(
    picture,
    plot({
      title: 'CPU time of one operation as there are more',
      x: { label: 'times as many', scale: 'log' },
      y: { label: 'CPU µs', scale: 'log' },
      series: measured.map((growth) => ({
        name: nameOf(growth.subject),
        points: growth.micros.map((value, index) => [10 ** index, value] as const),
      })),
    }),
  )

function nameOf({ what, operation }: Growth['subject']): string {
  return `${operation} among ${what}`
}
