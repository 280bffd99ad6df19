// Goal: whoever follows the trail gets each line once, of every worker, over segments that end, are torn, or are gone.
// Method: segments written by the writer that the trail uses, read in small and large steps.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { withSum } from './line-sums.ts'
import { SegmentWriter } from './segment-writer.ts'
import { arrivalsIn, type SegmentCursor, endOfSegments } from './arrivals.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-arrivals-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function writerOf(folder: string, worker: number, segmentBytesMax = 1_000): SegmentWriter {
  return new SegmentWriter({ folder, worker, segmentBytesMax, nowMs: () => Date.UTC(2026, 0, 2) })
}

function write(writer: SegmentWriter, lines: readonly string[]): void {
  for (const text of lines) writer.append(JSON.stringify({ text }))
  writer.flush()
}

/** All lines after a cursor, and where that leads. */
async function rest(folder: string, from: SegmentCursor, bytesMax = 1) {
  const lines: string[] = []
  let cursor = from
  for (;;) {
    const arrived = await arrivalsIn(folder, cursor, bytesMax)
    for (const line of arrived.lines) lines.push((JSON.parse(line) as { text: string }).text) // Written above.
    cursor = arrived.cursor
    if (!arrived.more) return { lines, cursor }
  }
}

const numbered = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name} ${at} ${'x'.repeat(200)}`)

test('each line of each worker comes once, in its order, over many segments', async (t) => {
  const folder = folderOf(t)
  const writers = [writerOf(folder, 0), writerOf(folder, 1)]
  const given = [numbered('zero', 50), numbered('one', 30)]
  for (const [at, writer] of writers.entries()) for (const line of given[at] ?? []) write(writer, [line])
  assert.ok(readdirSync(folder).length > 10)
  const { lines, cursor } = await rest(folder, {})
  assert.deepEqual(
    lines.filter((line) => line.startsWith('zero')),
    given[0],
  )
  assert.deepEqual(
    lines.filter((line) => line.startsWith('one')),
    given[1],
  )
  assert.deepEqual((await rest(folder, cursor)).lines, [])
  write(writers[1] ?? assert.fail(), ['more'])
  write(writerOf(folder, 2), ['of a worker that is new'])
  assert.deepEqual((await rest(folder, cursor)).lines, ['more', 'of a worker that is new'])
})

test('a step is bounded, and says that there is more', async (t) => {
  const folder = folderOf(t)
  const lines = numbered('long', 12_000)
  write(writerOf(folder, 0, 10_000_000), lines)
  const first = await arrivalsIn(folder, {}, 1)
  assert.ok(first.more && first.lines.length < lines.length)
  assert.deepEqual((await rest(folder, {})).lines, lines)
})

test('who begins at the end gets what comes then', async (t) => {
  const folder = folderOf(t)
  assert.deepEqual(await endOfSegments(folder), {})
  const writer = writerOf(folder, 0)
  write(writer, numbered('before', 10))
  const end = await endOfSegments(folder)
  write(writer, ['after'])
  assert.deepEqual((await rest(folder, end)).lines, ['after'])
})

test('half a line is left until it is whole, and passed over once the segment is over', async (t) => {
  const folder = folderOf(t)
  const writer = writerOf(folder, 0)
  write(writer, ['first'])
  const path = join(folder, readdirSync(folder)[0] ?? '')
  const half = withSum('{"text":"half"}')
  appendFileSync(path, half.slice(0, 20))
  const { lines, cursor } = await rest(folder, {})
  assert.deepEqual(lines, ['first'])
  assert.deepEqual(await endOfSegments(folder), cursor)
  appendFileSync(path, `${half.slice(20)}\nto`)
  const whole = await rest(folder, cursor)
  assert.deepEqual(whole.lines, ['half'])
  write(writerOf(folder, 0), ['next'])
  assert.deepEqual((await rest(folder, whole.cursor)).lines, ['next'])
})

test('segments that are gone are passed over', async (t) => {
  const folder = folderOf(t)
  const writer = writerOf(folder, 0, 1)
  write(writer, ['a'])
  const { cursor } = await rest(folder, {})
  for (const line of ['b', 'c', 'd']) write(writer, [line])
  for (const file of readdirSync(folder).sort().slice(0, 2)) rmSync(join(folder, file))
  assert.deepEqual((await rest(folder, cursor)).lines, ['c', 'd'])
})

test('a line that is longer than a step holds up none that follow it, in its segment and in the next', async (t) => {
  const folder = folderOf(t)
  const writer = writerOf(folder, 0, 10_000_000)
  const lines = ['before', 'x'.repeat(3_000_000), 'after', 'y'.repeat(1_100_000)]
  write(writer, lines)
  write(writerOf(folder, 0), ['next'])
  assert.deepEqual((await rest(folder, {})).lines, [...lines, 'next'])
})
