// Goal: a write-ahead log with a flipped bit is told from one that a crash tore, wherever the bit is; and neither from an earlier round.
// Method: the log of a store that was not closed, after a checkpoint and before; every kind of place flipped, torn, or left. Pages are
// SQLite's smallest: what finds a bit tries each of a frame, and each costs as much as the frame is long.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { collection } from './collection.ts'
import { databaseFile, Head, openStore } from './index.ts'
import { examineWal, flip } from './wal-file.ts'

const notes = collection<{ readonly text: string }>({ service: 'test', type: 'wal-note' })
const scope = { account: '111111111111', region: 'global' }
const pageBytes = 512
const frameBytes = 24 + pageBytes

/** The log as kill -9 leaves it, of commits of a few pages each; in a later round where it was checkpointed in between. */
async function walOf(t: TestContext, rounds: number): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-wal-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, databaseFile)
  const small = new DatabaseSync(path)
  small.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL`)
  small.close()
  const store = openStore({ directory, head: new Head() })
  for (let round = 1; round <= rounds; round += 1) {
    for (let n = 0; n < 12 / round; n += 1)
      await store.transact((tx) => {
        for (let at = 0; at < 3; at += 1)
          tx.put(notes, scope, `note-${n}-${at}`, { text: `${round}`.repeat(250) })
      })
    if (round === rounds) break
    const other = new DatabaseSync(path)
    other.exec('PRAGMA wal_checkpoint(RESTART)')
    other.close()
  }
  cpSync(`${path}-wal`, `${path}-copy`)
  await store.close()
  return readFileSync(`${path}-copy`)
}

test('wal: one that ends whole, torn at any byte, or in what an earlier round left, is whole', async (t) => {
  for (const rounds of [1, 2]) {
    const wal = await walOf(t, rounds)
    assert.deepEqual(examineWal(wal, pageBytes), { kind: 'whole' })
    let ran = 0
    for (let length = 0; length < wal.length; length += 101, ran += 1)
      assert.deepEqual(
        examineWal(Buffer.from(wal.subarray(0, length)), pageBytes),
        { kind: 'whole' },
        `${length}`,
      )
    assert.ok(ran > 100)
  }
})

test('wal: a last commit of which a frame did not reach the disk is torn, not damaged', async (t) => {
  const wal = await walOf(t, 1)
  const commits = commitsIn(wal)
  const [before = 0, last = 0] = commits.slice(-2)
  assert.ok(last - before > 1, 'it has several frames')
  wal.fill(0, 32 + (before + 1) * frameBytes, 32 + (before + 2) * frameBytes)
  assert.deepEqual(examineWal(wal, pageBytes), { kind: 'whole' })
})

test('wal: a flipped bit anywhere is damage, and the bit is found', async (t) => {
  for (const rounds of [1, 2]) {
    const wal = await walOf(t, rounds)
    const until = 32 + ((commitsIn(wal).at(-1) ?? 0) + 1) * frameBytes
    // The log's head, a prime step, and the heads of all frames.
    const places = [...Array(32).keys()]
    for (let at = 32; at < until; at += 307) places.push(at)
    for (let frame = 0, at = 32; at < until; frame += 1, at += frameBytes)
      for (let n = frame % 5; n < 24; n += 5) places.push(at + n)
    let mendable = 0
    for (const [n, byte] of places.entries()) {
      const bit = { byte, bit: n % 8 }
      flip(wal, bit)
      const found = examineWal(wal, pageBytes)
      assert.equal(found.kind, 'damaged', `byte ${byte} of ${until}`)
      if (found.kind === 'damaged' && found.flipped) {
        assert.deepEqual(found.flipped, bit)
        mendable += 1
      }
      flip(wal, bit)
    }
    assert.ok(places.length > 300, `${places.length}`)
    assert.ok(mendable > places.length * 0.8, `${mendable} of ${places.length}`)
  }
})

/** The frames of the log's round that end a commit. */
function commitsIn(wal: Buffer): readonly number[] {
  const frames = Array.from(
    { length: Math.floor((wal.length - 32) / frameBytes) },
    (_, n) => 32 + n * frameBytes,
  )
  return frames.flatMap((at, frame) =>
    wal.compare(wal, 16, 24, at + 8, at + 16) === 0 && wal.readUInt32BE(at + 4) > 0 ? [frame] : [],
  )
}
