// The file system becomes read-only while the server runs, as a kernel makes it after an error of the disk, and is read-only when a server starts.
// (Nobody remounts one read-only in which files are open for writing: the kernel itself gives it up here.)
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { sdk } from '../test/clients/sdk.ts'
import { redoubt } from '../test/command.ts'
import { serverFor } from '../test/server.ts'
import { drill, lives } from './drill.ts'
import { assertAllThere } from './load.ts'
import { flags } from './place.ts'
import { loadOnSmallDisk } from './small-disk.ts'

await drill(
  {
    fault: 'the data directory becomes, or is, read-only',
    promise:
      'While the server runs, calls fail cleanly, nothing is acknowledged, its log says why, and the edge serves on; a start says so in one line and changes nothing; once the directory can be written again, all that was acknowledged is there.',
  },
  async (t) => {
    const { disk, server, place, client, ask, told, load } = await loadOnSmallDisk(t)
    disk.fail()
    await sleep(500) // What was written already is still answered.
    const before = told.total
    const statuses = new Set<number>()
    for (let at = 0; at < 100; at += 1) {
      statuses.add(await ask())
      await sleep(50)
    }
    assert.equal(told.total, before, 'nothing is acknowledged any more')
    const refusals = await load.stop()
    assert.ok(refusals.length > 0, 'writers were refused')
    assert.deepEqual([...statuses], [200], 'the edge serves on')
    assert.ok(lives(server.pid), 'the server lives on')
    const asked = await client.call('sts', 'GetCallerIdentity', {}, place.as)
    const log = server.logged()
    const why = /^\{.*"event":"records-not-written","reason":"([^"]*)".*\}$/m.exec(log)?.[1]
    assert.match(why ?? '', /read-?only|EROFS/i, log.slice(-500))
    t.saw(
      `The file system became read-only under load: writers were refused with ${refusals.join(', ')}; what reads was ${asked.ok ? 'served' : 'refused, as no record of it can be written'}. 100 of 100 customers were served by the edge meanwhile.`,
    )
    t.saw(`The server lives on, and its log says: ${(why ?? '').replaceAll(disk.directory, '<data>')}.`)
    assert.equal(await server.stop(), 1, 'the exit code of SIGTERM')
    const last = server.logged().trim().split('\n').at(-1) ?? ''
    assert.match(last, /^\{.*"event":"not-written".*read-?only.*\}$/i, 'its last line says why')
    t.saw('SIGTERM then ends it with exit code 1, and one line that says why.')

    await disk.repair()
    disk.mount('ro')
    const { ended, printed } = await redoubt(['serve', '--port', '0', '--data', disk.directory])
    assert.equal(ended, 1, printed)
    assert.match(printed, /^redoubt: [^\n]*(?:read-only|EROFS)[^\n]*\n$/, 'one line that says why')
    t.saw(
      `A start over a read-only directory ends with exit code 1: ${printed.trim().replaceAll(disk.directory, '<data>')}`,
    )
    disk.mount('rw')
    const after = await serverFor(t, { directory: disk.directory, workers: 2, flags })
    await assertAllThere(sdk(t, after.url), place, told)
    t.saw('Repaired and writable again, it starts, and all that was acknowledged is there.')
    assert.equal(await after.stop(), 0)
  },
)
