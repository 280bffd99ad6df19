// The data directory is read-only when a server starts. (Linux makes no file system read-only in which files are open for writing.)
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { sdk } from '../test/clients/sdk.ts'
import { redoubt } from '../test/command.ts'
import { serverFor } from '../test/server.ts'
import { drill } from './drill.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, placeOn } from './place.ts'
import { smallDisk } from './small-disk.ts'

await drill(
  {
    fault: 'the data directory is read-only',
    promise:
      'A start says so in one line and changes nothing; once the directory can be written again, all that was acknowledged is there.',
  },
  async (t) => {
    const disk = smallDisk(t, 192)
    const server = await serverFor(t, { directory: disk.directory, workers: 2, flags })
    const place = await placeOn(t, server)
    const client = sdk(t, server.url)
    const told = new Acknowledged()
    const load = startLoad(client, place, told, 'before')
    await sleep(1_000)
    await load.stop()
    await server.kill()
    disk.mount('ro')
    const { ended, printed } = await redoubt(['serve', '--port', '0', '--data', disk.directory])
    assert.equal(ended, 1, printed)
    assert.match(printed, /^redoubt: [^\n]*(?:read-only|EROFS)[^\n]*\n$/, 'one line that says why')
    t.saw(
      `A start over a read-only directory ends with exit code 1: ${printed.trim().replaceAll(disk.directory, '<data>')}`,
    )
    disk.mount('rw')
    const after = await serverFor(t, { directory: disk.directory, workers: 2, flags })
    const again = sdk(t, after.url)
    await until(
      10_000,
      () => again.call('sts', 'GetCallerIdentity', {}, place.as),
      ({ ok }) => ok,
    )
    await assertAllThere(again, place, told)
    t.saw('Writable again, it starts, and all that was acknowledged is there.')
  },
)
