// Goal: lines that were flushed are read back, whole, in order and once, however they lie in segments and windows.
// Method: files on disk in a temporary folder; a property over random lines and read positions; rows for names and retention.
import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { arrivalsIn } from './arrivals.ts'
import { withoutSum } from './line-sums.ts'
import { compressBefore, listSegments, sweep } from './retention.ts'
import { compareSegments, parseSegmentFile, segmentFile, type SegmentName } from './segment-name.ts'
import { SegmentWriter } from './segment-writer.ts'
import { windowsBackwards } from './windows-backwards.ts'

const noonMs = Date.UTC(2026, 10, 23, 12)
const dayMs = 86_400_000
const segment: SegmentName = { day: '2026-11-23', worker: 0, index: 1 }

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-segments-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('segment-name: what is one', () => {
  const rows: readonly [file: string, isOne: boolean][] = [
    ['2026-11-23-0-000001.jsonl', true],
    ['2026-11-23-0-000001.summed.jsonl', true],
    ['2026-11-23-12-123456789.jsonl', true],
    ['2026-11-23-0-000001.jsonl.gz', false],
    ['2026-11-23-0-000001.jsonl.zst.new', false],
    ['../2026-11-23-0-000001.jsonl', false],
    ['2026-11-23-0-1.jsonl', false],
    ['0.marker', false],
  ]
  for (const [file, isOne] of rows) {
    const name = parseSegmentFile(file)
    assert.equal(name !== undefined, isOne, file)
    if (name) assert.equal(segmentFile(name), file)
  }
  assert.equal(rows.length, 8)
})

test('segment-name: sorts by day, then by number', () => {
  const files = ['2026-11-23-0-000002.jsonl', '2026-11-22-1-000009.jsonl', '2026-11-23-0-1000000.jsonl']
  const names = files.flatMap((file) => parseSegmentFile(file) ?? [])
  assert.deepEqual(names.sort(compareSegments).map(segmentFile), [files[1], files[0], files[2]])
})

test('segment-writer: begins a segment when one is full, when a day begins, and when a process starts', (t) => {
  const folder = temporaryFolder(t)
  let nowMs = noonMs
  const open = () => new SegmentWriter({ folder, worker: 3, segmentBytesMax: 40, nowMs: () => nowMs })
  const writer = open()
  writer.flush()
  assert.deepEqual(readdirSync(folder), [], 'nothing was written')
  for (const line of ['{"at":"first"}', '{"at":"second"}', '{"at":"third"}']) {
    writer.append(line)
    writer.flush()
  }
  nowMs += dayMs
  writer.append('{"at":"tomorrow"}')
  writer.flush()
  nowMs -= 2 * dayMs // A clock that is set back opens no earlier day.
  writer.append('{"at":"yesterday?"}')
  writer.flush()
  writer.close()
  const next = open()
  next.append('{"at":"next"}')
  next.close()
  const said = (file: string) => readFileSync(join(folder, file), 'utf8').match(/(?<="at":")[^"]*/g)
  const found = readdirSync(folder).map((file) => [file, said(file)])
  assert.deepEqual(Object.fromEntries(found), {
    '2026-11-23-3-000001.summed.jsonl': ['first', 'second'],
    '2026-11-23-3-000002.summed.jsonl': ['third'],
    '2026-11-24-3-000001.summed.jsonl': ['tomorrow', 'yesterday?'],
    '2026-11-24-3-000002.summed.jsonl': ['next'],
  })
})

test('windows-backwards: all whole lines, last first, from any line end', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, segmentFile(segment))
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 40 }),
          fc.nat(400_000).map((length) => 'x'.repeat(length)),
        ),
        {
          maxLength: 12,
        },
      ),
      fc.string({ maxLength: 10 }),
      fc.nat(),
      async (texts, torn, pick) => {
        const lines = texts.map((text) => `${text.replaceAll('\n', ' ')}\n`)
        writeFileSync(path, lines.join('') + torn.replaceAll('\n', ' '))
        const count = pick % (lines.length + 1)
        const end = Buffer.byteLength(lines.slice(0, count).join(''))
        for (const [from, want] of [
          [undefined, lines],
          [end, lines.slice(0, count)],
        ] as const) {
          let read = ''
          for await (const { bytes, start } of windowsBackwards(folder, segment, from)) {
            assert.equal(start, Buffer.byteLength(want.join('')) - Buffer.byteLength(read) - bytes.length)
            assert.equal(bytes.at(-1), 0x0a)
            read = bytes.toString('utf8') + read
          }
          assert.equal(read, want.join(''))
        }
        runs += 1
      },
    ),
    { numRuns: 60 },
  )
  assert.ok(runs >= 60)
})

test('windows-backwards: a segment that is gone, empty, or shorter than it was', async (t) => {
  const folder = temporaryFolder(t)
  const read = async (name: SegmentName, from?: number) => {
    let text = ''
    for await (const { bytes } of windowsBackwards(folder, name, from)) text = bytes.toString() + text
    return text
  }
  assert.equal(await read({ ...segment, index: 7 }), '')
  const path = join(folder, segmentFile(segment))
  appendFileSync(path, '')
  assert.equal(await read(segment), '')
  appendFileSync(path, 'one\ntwo\n')
  truncateSync(path, 6)
  assert.equal(await read(segment, 8), 'one\n')
})

test('compression: segments of earlier days are compressed, read as before, listed once, swept with the rest', async (t) => {
  const folder = temporaryFolder(t)
  let nowMs = noonMs
  const writer = new SegmentWriter({ folder, worker: 0, segmentBytesMax: 1_000, nowMs: () => nowMs })
  const lines = Array.from({ length: 40 }, (_, at) => `{"line":${at},"text":"${'x'.repeat(50)}"}`)
  for (const [at, line] of lines.entries()) {
    if (at === 30) nowMs += dayMs
    writer.append(line)
    writer.flush()
  }
  const readAll = async () => {
    const read: string[] = []
    for (let cursor = {}, more = true; more;) {
      const arrived = await arrivalsIn(folder, cursor, 1)
      read.push(...arrived.lines)
      ;({ cursor, more } = arrived)
    }
    return read
  }
  const before = await listSegments(folder)
  await compressBefore(folder, '2026-11-24')
  const files = readdirSync(folder)
  const compressed = files.filter((file) => file.endsWith('.zst'))
  assert.deepEqual(
    [files.length, compressed.length],
    [before.length, before.length - 1],
    'all but the second day’s',
  )
  assert.deepEqual(await readAll(), lines)
  const [first] = before
  assert.ok(first)
  let backwards = ''
  for await (const { bytes } of windowsBackwards(folder, first)) backwards = bytes.toString() + backwards
  assert.equal(
    backwards.split('\n').slice(0, -1).map(withoutSum).join('\n'),
    lines.slice(0, backwards.split('\n').length - 1).join('\n'),
  )
  // A crash between the two steps: both files are there.
  writeFileSync(join(folder, segmentFile(first)), backwards)
  assert.deepEqual(await listSegments(folder), before)
  assert.deepEqual(await readAll(), lines)
  await compressBefore(folder, '2026-11-24')
  assert.equal(readdirSync(folder).length, before.length)
  await sweep(folder, { days: 0, totalBytesMax: 1e9 }, nowMs)
  assert.equal(readdirSync(folder).length, 1)
  writer.close()
})

test('retention: what is too old goes, then what is too much, and never what may be open', async (t) => {
  const folder = temporaryFolder(t)
  const write = (file: string, bytes: number) => writeFileSync(join(folder, file), Buffer.alloc(bytes))
  write('2026-08-20-0-000001.jsonl', 100)
  write('2026-08-20-1-000001.jsonl', 100) // The newest of worker 1.
  write('2026-08-26-0-000001.jsonl', 100)
  write('2026-11-22-0-000001.jsonl', 100)
  write('2026-11-23-0-000001.jsonl', 100)
  write('0.marker', 100)
  const ninety = { days: 90, totalBytesMax: 1000 }
  assert.deepEqual(await sweep(folder, ninety, noonMs), ['2026-08-20-0-000001.jsonl'])
  assert.deepEqual(await sweep(folder, ninety, noonMs), [])
  assert.deepEqual(await sweep(folder, { ...ninety, totalBytesMax: 250 }, noonMs), [
    '2026-08-26-0-000001.jsonl',
    '2026-11-22-0-000001.jsonl',
  ])
  assert.deepEqual(await sweep(folder, { days: 0, totalBytesMax: 0 }, noonMs + dayMs), [])
  assert.deepEqual(await sweep(join(folder, 'none'), ninety, noonMs), [])
})
