// Goal: what a detection remembers is on disk as a whole or not at all.
// Method: random states, written and read; files that are torn.
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
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
