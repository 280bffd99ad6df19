// Learns how much each letter of a name surprises after the one before, for src/engines/detect/detectors/dns/generated-label.ts.
// Usage: names, one a line, on standard input: `cut -f1 names | node scripts/learn-pair-costs.ts`. Writes pair-costs.ts and says how well it tells.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const letters = '.abcdefghijklmnopqrstuvwxyz0123456789-' // The first is the edge of a label.
const side = letters.length
/** Units: half bits, one letter each from `a`. */
const costMax = 25

const names = [
  ...new Set(
    (await text(process.stdin))
      .toLowerCase()
      .split(/[^a-z0-9-]+/)
      .filter((name) => name.length >= 4 && name.length <= 30 && /[a-z]/.test(name)),
  ),
]
const counts = new Float64Array(side * side).fill(1) // What was never seen is rare, not impossible.
for (const name of names) {
  let before = 0
  for (const letter of name) {
    const index = letters.indexOf(letter)
    counts[before * side + index] = (counts[before * side + index] ?? 0) + 1
    before = index
  }
}
const costs = Array.from(counts, (count, pair) => {
  const row = Math.floor(pair / side) * side
  const sum = counts.subarray(row, row + side).reduce((one, other) => one + other, 0)
  return Math.min(costMax, Math.round(-2 * Math.log2(count / sum)))
})
const lines = Array.from({ length: side }, (_, row) =>
  costs
    .slice(row * side, (row + 1) * side)
    .map((cost) => String.fromCharCode(97 + cost))
    .join(''),
)
const file = join(import.meta.dirname, '../src/engines/detect/detectors/dns/pair-costs.ts')
writeFileSync(
  file,
  `/**
 * How much each letter surprises after the one before: a row for each letter before (the first for the edge of a label), a column for each after.
 * Units: half bits, from \`a\` for none. Learnt by scripts/learn-pair-costs.ts from ${names.length.toLocaleString('en')} names of packages in the registries of npm and PyPI:
 * words and brands as people choose them. Names are facts; none of them stands here.
 */
export const pairLetters = '${letters}'
export const pairCosts =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`,
)

const surprise = (name: string): number => {
  let before = 0
  let total = 0
  for (const letter of name) {
    const index = letters.indexOf(letter)
    total += (costs[before * side + index] ?? 0) / 2
    before = index
  }
  return total / name.length
}
let seed = 7
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return (seed >>> 8) % below
}
const alphabets = {
  letters: letters.slice(1, 27),
  'letters and digits': letters.slice(1, 37),
  hexadecimal: '0123456789abcdef',
}
const long = names.filter((name) => name.length >= 9)
const share = (all: readonly string[], min: number): string =>
  `${((all.filter((name) => surprise(name) >= min).length / all.length) * 100).toFixed(2)} %`
for (const min of [4.8, 5, 5.2, 5.4, 5.6, 5.8])
  console.log(
    `${min} bits: chosen ${share(long, min)}`,
    ...Object.entries(alphabets).map(([name, alphabet]) => {
      const made = Array.from({ length: 5000 }, () =>
        Array.from({ length: 10 + random(10) }, () => alphabet[random(alphabet.length)]).join(''),
      )
      return `; ${name} ${share(made, min)}`
    }),
  )
