// Goal: an archive that was put is there, whenever the sweep of what nobody uses comes by. Method: a store on disk, both at once.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemWorld } from '#core/world.ts'
import { codeDigest, openCodeStore } from './code-store.ts'

function spin(ms: number): void {
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

test('code: what is put while it is swept stays', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-code-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  let [nowMs, names] = [systemWorld().nowMs(), 0]
  const store = openCodeStore(
    directory,
    () => String(++names),
    () => nowMs,
  )
  for (let round = 0; round < 50; round += 1) {
    const bytes = Buffer.from(`archive ${round}`)
    await store.put(bytes)
    nowMs += 2 * 3_600_000
    let putting: ReturnType<typeof store.put> | undefined
    await store.sweep((name) => {
      if (name === codeDigest(bytes).digest)
        process.nextTick(() => {
          spin(1) // It has been looked at by then, and found old.
          putting = store.put(bytes)
        })
      return false
    }, nowMs)
    await new Promise(setImmediate)
    const { digest } = (await putting) ?? assert.fail('nothing was put')
    assert.deepEqual(await store.get(digest), bytes, `round ${round}`)
  }
})
