// Goal: the page of benchmarks says what was measured, all of it, and what was not; pictures show the points that there are.
// Method: sections as a run prints them, made into a page twice; a plot read as XML.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SaxesParser } from 'saxes'
import { goalTable, readGoals } from '../../bench/goals.ts'
import { benches } from '../../bench/list.ts'
import { pageWith } from '../../bench/page.ts'
import { plot } from '../../bench/plot.ts'

const goals = goalTable([
  { what: 'calls', atLeast: 1_000, measured: 2_345, unit: ' a second' },
  { what: 'CPU, of the peer', atMost: 0.5, measured: 0.75, unit: ' ×' },
  { what: 'a peer that is missing', atMost: 1, measured: undefined, unit: ' ×' },
])

test('benchmarks: what a table of goals shows is read back from it, whatever stands around', () => {
  const read = readGoals(`calls/s   CPU µs\nredoubt     1   2   3\n\n${goals}\n\nput   1   2   3\n`)
  assert.deepEqual(
    read.map(({ what, wanted, measured, verdict }) => [what, wanted, measured, verdict]),
    [
      ['calls', 'at least 1,000 a second', '2,345 a second', 'met'],
      ['CPU, of the peer', 'at most 0.50 ×', '0.75 ×', 'missed'],
      ['a peer that is missing', 'at most 1.00 ×', '–', 'not measured'],
    ],
  )
})

test('benchmarks: the summary has every goal and every peer that is missing; sections of others stay', () => {
  const runs = new Map([
    ['http', { printed: `NOT MEASURED moto: no Python\n\n${goals}\n`, conditions: 'today' }],
    ['growth', { printed: 'CPU µs of', conditions: 'today' }],
  ])
  const page = pageWith(runs, '')
  assert.match(page, /^1 of 3 goals are met\.$/m)
  assert.match(page, /^- not measured in `http`: moto: no Python$/m)
  assert.match(page, /\| CPU, of the peer \| at most 0\.50 × \| 0\.75 × \| \*\*missed\*\* \|/)
  assert.match(page, /!\[How cost grows.*\]\(benchmarks-growth\.svg\)/)
  assert.equal(pageWith(new Map(), page), page)
  const again = pageWith(new Map([['growth', { printed: 'anew', conditions: 'later' }]]), page)
  assert.match(again, /1 of 3 goals/)
  assert.match(again, /anew/)
  assert.doesNotMatch(again, /CPU µs of/)
})

test('benchmarks: each has its file', () => {
  assert.ok(benches.size >= 17)
  for (const name of benches.keys())
    assert.ok(existsSync(join(import.meta.dirname, `../../bench/${name}.ts`)), name)
})

test('plot: lines of the points that an axis can show, well-formed whatever they are called', () => {
  const rows = [
    ['log', 'd="M70.0 424.0L350.0 234.0L630.0 44.0"'],
    ['linear', 'L630.0 44.0"'],
  ] as const
  for (const [scale, path] of rows) {
    const drawn = plot({
      title: 'a < b & c',
      x: { label: 'times', scale },
      y: { label: 'µs', scale },
      series: [
        {
          name: 'one <&>',
          points: [
            [1, 1],
            [10, 10],
            [100, 100],
          ],
        },
        {
          name: 'nothing',
          points: [
            [0, Number.NaN],
            [0, Infinity],
          ],
        },
      ],
    })
    assert.ok(drawn.includes(path), drawn)
    assert.doesNotMatch(drawn, /NaN|Infinity/)
    const parser = new SaxesParser()
    const texts: string[] = []
    parser.on('error', (error) => assert.fail(error))
    parser.on('text', (text) => texts.push(text))
    parser.write(drawn).close()
    assert.ok(texts.includes('one <&>') && texts.includes('nothing') && texts.includes('a < b & c'))
  }
})
