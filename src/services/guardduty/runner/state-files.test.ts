// Goal: what a detection remembers is on disk as a whole or not at all.
// Method: random states, written and read; files that are torn.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { hearDamage } from '#telemetry/damage.ts'
import { flipOne } from '../../../../test/integrity/flipped-bits.ts'
import { openStateFiles } from './state-files.ts'

test('state files: what is written is read, and nothing of half a file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-states-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const files = openStateFiles(folder)
  assert.equal(await files.read('one'), undefined)
  assert.deepEqual(await files.readCursors(), {})
  const ids = fc.array(fc.oneof(fc.string(), fc.nat()), { maxLength: 5_000, size: 'max' })
  const states = fc.record({
    seen: fc.record({ cloudTrail: ids, flow: ids, dns: ids, web: ids }),
    memories: fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
      fc.array(fc.tuple(fc.string(), fc.record({ count: fc.integer(), text: fc.string() })), {
        minLength: 1,
        maxLength: 500,
      }),
      { noNullPrototype: true },
    ),
  })
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      const before = JSON.stringify(await files.read('one'))
      await files.write('one', state)
      assert.equal(JSON.stringify(await files.read('one')), before, 'it does not count yet')
      await files.writeCursors({})
      assert.deepEqual(JSON.stringify(await files.read('one')), JSON.stringify(state))
    }),
    { numRuns: 30 },
  )
  await files.keepOnly(new Set(['one']))
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('one.'))
  const path = join(folder, file)
  const whole = readFileSync(path)
  writeFileSync(path, whole.subarray(0, -16))
  assert.equal(await files.read('one'), undefined)
  writeFileSync(path, '')
  appendFileSync(path, '{"seen":[')
  assert.equal(await files.read('one'), undefined)

  await files.write('two', { seen: { flow: [7] }, memories: {} })
  await files.writeCursors({ audit: { 0: { segment: 'a', end: 1 } } })
  await files.keepOnly(new Set(['two']))
  assert.equal(readdirSync(folder).length, 2)
  const again = openStateFiles(folder)
  assert.deepEqual(await again.readCursors(), { audit: { 0: { segment: 'a', end: 1 } } })
  assert.deepEqual(await again.read('two'), {
    seen: { cloudTrail: [], flow: [7], dns: [], web: [] },
    memories: {},
  })
})

test('state files: a flipped bit is told, and what it is in begins anew', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-states-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const told: string[] = []
  t.after(hearDamage(({ file }) => void told.push(relative(folder, file))))
  const files = openStateFiles(folder)
  const state = {
    seen: { flow: [7], cloudTrail: [], dns: [], web: [] },
    memories: { one: [['a\u2028b', 1]] },
  } as const
  await files.write('one', state)
  await files.writeCursors({ web: 12 })
  assert.deepEqual(await openStateFiles(folder).readCursors(), { web: 12 })
  assert.deepEqual(await files.read('one'), state)
  const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('one.'))
  let damaged = 0
  for (const [file, want] of [
    [name, { web: 12 }],
    ['cursors.summed.jsonl', {}],
  ] as const) {
    const path = join(folder, file)
    for (let byte = 0; byte < readFileSync(path).length; byte += 1) {
      flipOne(path, byte, byte % 8)
      const again = openStateFiles(folder)
      const [cursors, read] = [await again.readCursors(), await again.read('one')]
      // Digits of a sum are the same in capitals.
      const isWhole = told.splice(0).length === 0
      assert.deepEqual([cursors, read], isWhole ? [{ web: 12 }, state] : [want, undefined], `byte ${byte}`)
      if (!isWhole) damaged += 1
      flipOne(path, byte, byte % 8)
    }
  }
  assert.ok(damaged > 150, `${damaged} flips were told`)
})

test('state files: what an earlier version wrote, without sums, is read and then goes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-states-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'cursors.json'), '{"generation":3,"cursors":{"web":5}}')
  writeFileSync(join(folder, 'one.3.detection.jsonl'), '{"source":"web","seen":["r"]}\n{"whole":true}\n')
  const files = openStateFiles(folder)
  assert.deepEqual(await files.readCursors(), { web: 5 })
  const state = await files.read('one')
  assert.deepEqual(state, { seen: { cloudTrail: [], flow: [], dns: [], web: ['r'] }, memories: {} })
  await files.write('one', state)
  await files.writeCursors({ web: 6 })
  await files.keepOnly(new Set(['one']))
  assert.deepEqual(readdirSync(folder).sort(), ['cursors.summed.jsonl', 'one.4.detection.summed.jsonl'])
})
