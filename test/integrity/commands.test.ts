// Goal: an operator whose disk flipped a bit is told what and what to do, by the server and by the commands, and loses nothing that can be kept.
// Method: the real commands over a directory that a kill left, with one bit flipped.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { redoubt } from '../command.ts'
import { inspect } from '../root-key/vault.ts'
import { directoryFor } from '../server.ts'
import { fillWithAll, flipOne } from './flipped-bits.ts'

const wal = (directory: string): string => join(directory, 'redoubt.db-wal')

test('damaged log: a start refuses it, repair flips the bit back, and nothing is lost', async (t) => {
  const [directory, whole] = [directoryFor(t), directoryFor(t)]
  await fillWithAll(directory)
  await fillWithAll(whole)
  // In the log's second frame: all that was committed since the last checkpoint is behind it.
  flipOne(wal(directory), 32 + 4_120 + 1_000, 3)
  const before = readFileSync(wal(directory))
  const serve = () => redoubt(['serve', '--port', '0', '--data', directory, '--workers', '1'])
  const told =
    /^redoubt: \S+redoubt\.db-wal is damaged at byte \d+, and [1-9]\d* commits .* redoubt repair, or restore a backup[^\n]*\n$/
  for (const refused of [await serve(), await redoubt(['verify', '--data', directory])]) {
    assert.equal(refused.ended, 1)
    assert.match(refused.printed, told)
  }
  assert.deepEqual(readFileSync(wal(directory)), before, 'nobody touched it')
  const repaired = await redoubt(['repair', '--data', directory])
  assert.deepEqual(
    [repaired.ended, /flipped back: nothing is lost/.test(repaired.printed)],
    [0, true],
    repaired.printed,
  )
  assert.ok(existsSync(`${wal(directory)}.damaged`))
  assert.deepEqual(await inspectAs(directory), await inspectAs(whole))
  const again = await redoubt(['repair', '--data', directory])
  assert.match(again.printed, /nothing to repair/)
})

/** How many access keys open; they have the account of flipped-bits.ts. */
async function inspectAs(directory: string): Promise<string> {
  const verified = await redoubt(['verify', '--data', directory])
  assert.equal(verified.ended, 0, verified.printed)
  assert.equal((await inspect(directory)).unfinished, false)
  return verified.printed.replaceAll(directory, '')
}

test('damaged log: more than one bit is not guessed at; what is given up is said before', async (t) => {
  const directory = directoryFor(t)
  await fillWithAll(directory)
  for (const byte of [100, 200, 300]) flipOne(wal(directory), 32 + 5 * 4_120 + byte, byte % 8)
  const before = readFileSync(wal(directory))
  const refused = await redoubt(['repair', '--data', directory])
  assert.equal(refused.ended, 1)
  assert.match(
    refused.printed,
    /nothing was changed\. Restore a backup, or run this again with --drop: [1-9]\d* commits/,
  )
  assert.deepEqual(readFileSync(wal(directory)), before)
  const dropped = await redoubt(['repair', '--data', directory, '--drop'])
  assert.equal(dropped.ended, 0, dropped.printed)
  assert.match(dropped.printed, /is dropped \([1-9]\d* commits\)/)
  assert.ok(statSync(`${wal(directory)}.damaged`).size > 0)
  assert.equal((await redoubt(['verify', '--data', directory])).ended, 0)
})

test('verify: names each file in which something is damaged, and doctor tells what was met', async (t) => {
  const directory = directoryFor(t)
  await fillWithAll(directory)
  const whole = await redoubt(['verify', '--data', directory])
  assert.equal(whole.ended, 0, whole.printed)
  assert.match(
    whole.printed,
    /40 documents, 2 archives of code, [1-9]\d+ records, 1 files of buckets[^\n]*\n40 sealed texts open[^\n]*\n\S+ is whole/,
  )
  const fileOf = (...folder: string[]): string => {
    const [name = ''] = readdirSync(join(directory, ...folder)).filter(
      (file) => !/marker|heard|cursors/.test(file),
    )
    return join(...folder, name)
  }
  const files = [
    fileOf('telemetry', 'audit'),
    fileOf('telemetry', 'flow'),
    fileOf('telemetry', 'web'),
    fileOf('telemetry', 'logs'),
    fileOf('telemetry', 'archives', 'a1'),
    fileOf('telemetry', 'archives', 'a2'),
    fileOf('metrics'),
    fileOf('functions', 'code'),
    fileOf('telemetry', 'detection'),
    join('telemetry', 'detection', 'cursors.summed.jsonl'),
    fileOf('buckets', 'logs'),
  ]
  for (const file of files) flipOne(join(directory, file), statSync(join(directory, file)).size >> 1, 1)
  const { ended, printed } = await redoubt(['verify', '--data', directory])
  assert.equal(ended, 1)
  for (const file of files) assert.ok(printed.includes(file), `${file} is named in ${printed}`)
  assert.equal(new Set(files).size, 11)
})
