import { type Bench, benches } from './list.ts'
import { readGoals } from './goals.ts'

/** What a run printed, and where and when. */
export interface Run {
  readonly printed: string
  readonly conditions: string
}

/** The picture of a benchmark, beside the page. */
export function pictureOf(name: string): string {
  return `benchmarks-${name}.svg`
}

/** The page with these runs in the place of what it had of the same benchmarks; sections of others stay as they are. */
export function pageWith(runs: ReadonlyMap<string, Run>, before: string): string {
  const sections = [...benches].flatMap(([name, bench]) => {
    const run = runs.get(name)
    const text = run ? sectionOf(name, bench, run) : keptSection(name, bench, before)
    return text === undefined ? [] : [{ name, bench, text }]
  })
  return `${beginning}\n${summaryOf(sections)}\n${sections.map(({ text }) => text).join('\n')}`
}

function sectionOf(name: string, { title, draws }: Bench, { printed, conditions }: Run): string {
  const picture = draws === true ? `![${title}](${pictureOf(name)})\n\n` : ''
  return `## ${title}\n\n\`npm run bench ${name}\` · ${conditions}\n\n${picture}\`\`\`text\n${printed.trimEnd()}\n\`\`\`\n`
}

/** The section that the page has of a benchmark; its title is the list's. */
function keptSection(name: string, { title }: Bench, before: string): string | undefined {
  const known = before.split(/^(?=## )/m).find((section) => section.includes(`\n\`npm run bench ${name}\``))
  return known && `${known.replace(/^## .*/, `## ${title}`).trimEnd()}\n`
}

/** The goals of all sections in one table, and what could not be measured. */
function summaryOf(
  sections: readonly { readonly name: string; readonly bench: Bench; readonly text: string }[],
): string {
  const goals = sections.flatMap(({ name, bench, text }) =>
    readGoals(text).map((goal, index) => ({
      goal,
      // The first of a section says for all of them where they stand.
      place: index === 0 ? [`[${name}](#${anchorOf(bench.title)})`, bench.peer] : ['', ''],
    })),
  )
  const met = goals.filter(({ goal }) => goal.verdict === 'met').length
  const rows = [
    ['section', 'beside', 'goal', 'wanted', 'measured', 'verdict'],
    ['-', '-', '-', '-', '-', '-'],
    ...goals.map(({ place, goal: { what, wanted, measured, verdict } }) => [
      ...place,
      what,
      wanted,
      measured,
      verdict === 'met' ? 'met' : `**${verdict}**`,
    ]),
  ]
  const missing = sections.flatMap(({ name, text }) =>
    [...text.matchAll(/^ *NOT (?:COMPARED, NOT )?MEASURED:? (.*)$/gm)].map(
      ([, what]) => `- not measured in \`${name}\`: ${what}`,
    ),
  )
  const lines = [`${met} of ${goals.length} goals are met.`, ...(missing.length > 0 ? ['', ...missing] : [])]
  const cells = rows.map((row) => `| ${row.join(' | ')} |`)
  return `## Summary\n\n<!-- prettier-ignore -->\n${cells.join('\n')}\n\n${lines.join('\n')}\n`
}

/** As the usual renderers make anchors of headings. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')
}

const beginning = `# Benchmarks

Written by \`npm run bench -- --write\`: the figures of a section are of one run, on one machine, peers and yardsticks included; below its title
stands when and where that was. The summary is made of the sections' goals.

How to read it:

- **Microseconds and calls a second belong to this machine** and to how busy it was. The line "machine before/after" says how fast
  it was meanwhile: two small things that take 2.7 µs and 0.7 µs where the goals were set.
- **Ratios hold on any machine.** Over HTTP what is compared takes turns, a second or less each, and a ratio is taken within a round, so
  that a slow moment meets both sides; the median of the rounds is shown. "CPU ÷ SigV4 sums" is the CPU time of a call, as a
  multiple of what node:http takes to read the same request and compute its signature: 51 µs where the goals were set, so that
  1.00 × is the goal of 50 µs for a call that is verified, authorized and recorded. "CPU ÷ bare" is the same against node:http
  that reads the request and answers five letters. Where a rate is that of one core, a million over it is the CPU time of one in µs.
- **Goals** stand below the figures that they are about, with what this run measured. Those in microseconds or calls a second
  were set for a machine with 2.7 and 0.7 in that line; on another one judge by the ratios.
- **What bounds a goal that is missed**, and what would have to change, stands in [the walk with the stopwatch](walks/stopwatch.md).
- **A peer that is not there** (no Go, no nginx, a registry out of reach) is named as not measured, in its section and in the summary.
- **Two more** are for whoever changes what recognizes attacks, and stand in no table: \`bench/injection-quality.ts\` and
  \`bench/waf-quality.ts\` say of each request of a corpus what detectors and managed groups make of it; \`edge-quality\` counts the same over
  HTTP. The goal of \`lake\` needs ten million records: \`BENCH_RECORDS=10000000 npm run bench lake\`.
`
