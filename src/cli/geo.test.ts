// Goal: who has no npm is told so.
// Method: the command as a process, with a path on which nothing is.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { redoubt } from '../../test/command.ts'

test('geo update: without npm it says what is missing, and fails', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'redoubt-geo-'))
  t.after(() => rmSync(place, { recursive: true, force: true }))
  const { ended, printed } = await redoubt(['geo', 'update', '--data', join(place, 'data')], { PATH: place })
  assert.equal(ended, 1, printed)
  assert.match(printed, /\nredoubt: the data was not brought: spawn npm ENOENT\. Is npm there[^\n]*\n$/)
})
