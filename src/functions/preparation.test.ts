// Goal: a machine that can run no function for a while breaks none for longer, keeps no stop from ending, and its operator is told.
// Method: a host whose only place is a file, which becomes a folder.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { functionRig } from '../../test/functions/rig.ts'

const source = 'export const handler = async () => 42'

function unprepared(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-place-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755) // Functions' users are others.
  const place = join(folder, 'place')
  writeFileSync(place, '')
  const told: string[] = []
  const rig = functionRig(t, {
    places: [place],
    log: ({ level, event, reason }) => void (level === 'error' && told.push(`${event}: ${String(reason)}`)),
  })
  return { ...rig, place, told }
}

test('functions that had no place run as soon as they have one', async (t) => {
  const { host, invoke, run, place, told } = unprepared(t)
  const { kind, ...outcome } = await invoke('work', source)
  assert.deepEqual(
    [kind, outcome],
    ['unavailable', { message: 'Functions cannot run on this machine now; its log says why.' }],
  )
  assert.deepEqual([await host.runtimes(), await host.platform()], [undefined, undefined])
  assert.equal(told.length, 3)
  for (const line of told)
    assert.equal(
      line,
      `functions-not-ready: NoWorkplace: functions need a folder in ${place}: let the server's user write to one of these`,
    )
  rmSync(place)
  mkdirSync(place)
  assert.equal(await run('work', source), 42)
  assert.ok((await host.runtimes())?.includes('nodejs24.x'))
  assert.equal(told.length, 3)
})

test('a host that could not be prepared stops, and one that was leaves nothing', async (t) => {
  const { host, invoke, place } = unprepared(t)
  assert.equal((await invoke('work', source)).kind, 'unavailable')
  await host.close()
  assert.equal((await invoke('work', source)).kind, 'unavailable')
  const { host: other, run } = functionRig(t, { places: [join(place, '..')] })
  assert.equal(await run('work', source), 42)
  await other.close()
  const [base = ''] = readdirSync(join(place, '..')).filter((name) => name.startsWith('redoubt-functions-'))
  assert.deepEqual(
    readdirSync(join(place, '..', base)).filter((name) => name.startsWith('run-')),
    [],
  )
})
