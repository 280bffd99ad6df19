// Goal: what a day of an archive holds reads the same packed and not, from anywhere, whatever a crash left; packed it is small.
// Method: lines of many lengths in files of the test, each way of reading compared with the lines themselves.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { hearDamage } from '../damage.ts'
import { withSum } from '../line-sums.ts'
import { verifyTelemetry } from '../verify.ts'
import { createEventArchive } from './event-archive.ts'

const of = { archive: 'a1', day: '2026-01-02' }
/** About 1.5 MB: several blocks; one line is longer than a block. */
const lines = Array.from(
  { length: 3_000 },
  (_, n) => `{"n":${n},"text":"${'é'.repeat(n === 1_500 ? 300_000 : n % 400)}"}`,
)

async function rig(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-archive-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const files = createEventArchive(directory)
  const bytes = await files.append(of, 0, lines)
  const plain = join(directory, 'telemetry', 'archives', 'a1', '2026-01-02.summed.jsonl')
  const read = async (end: number, bytesMax: number, from = 0): Promise<readonly string[]> => {
    const found: string[] = []
    for (let at = from; at < end;) {
      const piece = await files.read(of, { from: at, end, bytesMax })
      assert.ok(piece.next > at)
      found.push(...piece.lines)
      at = piece.next
    }
    return found
  }
  return { directory, files, bytes, plain, packed: `${plain}.zst`, read }
}

test('archives: a packed day reads as it did, from anywhere and in any pieces, and is small', async (t) => {
  const { files, bytes, plain, packed, read } = await rig(t)
  assert.equal(await files.pack(of, bytes), true)
  assert.ok(!existsSync(plain) && statSync(packed).size * 10 < bytes)
  assert.equal(statSync(packed).mode & 0o077, 0)
  for (const bytesMax of [5_000, 262_143, 262_144, 10_000_000])
    assert.deepEqual(await read(bytes, bytesMax), lines, `${bytesMax}`)
  const from = Buffer.byteLength(`${lines.slice(0, 2_000).map(withSum).join('\n')}\n`)
  assert.deepEqual(await read(bytes, 100_000, from), lines.slice(2_000))
  assert.equal(await files.pack(of, bytes), false, 'it is packed already')
})

test('archives: what comes late unpacks a day', async (t) => {
  const { files, bytes, plain, packed, read } = await rig(t)
  await files.pack(of, bytes)
  const more = await files.append(of, bytes, ['{"late":1}'])
  assert.ok(existsSync(plain) && !existsSync(packed))
  assert.deepEqual(await read(more, 1_000_000), [...lines, '{"late":1}'])
  assert.equal(await files.pack(of, more), true)
  assert.deepEqual(await read(more, 1_000_000), [...lines, '{"late":1}'])
})

test('archives: whatever a crash left, a day reads the same', async (t) => {
  const { directory, files, bytes, plain, packed, read } = await rig(t)
  writeFileSync(plain, '{"torn":', { flag: 'a' })
  const before = readFileSync(plain)
  await files.pack(of, bytes)
  assert.deepEqual(await read(bytes, 1_000_000), lines, 'what was torn is cut off')
  writeFileSync(plain, before)
  writeFileSync(`${packed}.new`, 'half\n')
  assert.deepEqual((await verifyTelemetry(directory)).damaged, [], 'it is no damage')
  const more = await files.append(of, bytes, ['{"late":1}'])
  assert.deepEqual(await read(more, 1_000_000), [...lines, '{"late":1}'], 'the plain file counts')
  await files.sweep(() => true)
  assert.ok(!existsSync(`${packed}.new`))
  await files.pack(of, more)
  assert.deepEqual(await read(more, 1_000_000), [...lines, '{"late":1}'])
  await files.sweep(() => false)
  assert.ok(!existsSync(packed))
})

test('archives: what a disk spoilt is told, and never other events', async (t) => {
  const { files, bytes, plain, packed, read } = await rig(t)
  assert.equal(await files.pack(of, bytes + 1), false, 'it has fewer bytes than it should')
  assert.ok(existsSync(plain))
  await files.pack(of, bytes)
  const whole = readFileSync(packed)
  writeFileSync(packed, whole.subarray(0, -1))
  await assert.rejects(read(bytes, 1_000_000), /its end does not say/)
  whole.fill(0, 100, 200)
  writeFileSync(packed, whole)
  const told: number[] = []
  t.after(hearDamage(({ at }) => void told.push(at)))
  const left = await read(bytes, 1_000_000)
  assert.ok(left.length > 1_000 && left.length < lines.length, `${left.length} are left`)
  assert.deepEqual(left, lines.slice(-left.length), 'what is behind the block is as it was')
  assert.ok(told.includes(0))
})
