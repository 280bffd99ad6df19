// The disk fills under load, stays full for a while, and has room again; no restart.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { drill } from './drill.ts'
import { assertAllThere } from './load.ts'
import { diskMiB, loadOnSmallDisk } from './small-disk.ts'

await drill(
  {
    fault: 'the disk is full',
    promise:
      'Calls fail cleanly and nothing is acknowledged that is not written; the edge serves on; once there is room all goes on without a restart.',
  },
  async (t) => {
    const { disk, server, place, client, ask, told, load } = await loadOnSmallDisk(t)
    const statuses = new Set<number>()
    for (let round = 0; round < 5; round += 1) {
      // What a transaction gives back is taken again.
      if (round > 0) disk.empty()
      disk.fill()
      for (let at = 0; at < 20; at += 1) {
        statuses.add(await ask())
        await sleep(50)
      }
    }
    const before = told.total
    await sleep(1_000)
    const meanwhile = told.total - before
    disk.empty()
    const again = await until(
      15_000,
      () => Promise.resolve(told.total - before - meanwhile),
      (count) => count >= 20,
    )
    const refusals = await load.stop()
    assert.ok(refusals.length > 0, 'the disk was full')
    assert.deepEqual([...statuses], [200], 'the edge serves on')
    await assertAllThere(client, place, told)
    t.saw(
      `Under load on a disk of ${diskMiB} MiB, filled five times within 5 s. Writers were refused with ${refusals.join(', ')}.`,
    )
    t.saw('100 of 100 customers were served by the edge meanwhile.')
    t.saw(`Once there was room, writers went on without a restart (20 writes within 15 s).`)
    t.saw(
      'All that was acknowledged, before, meanwhile and after, is there with its records; the function heard of each event.',
    )
    assert.ok(again.value >= 20)
    assert.equal(await server.stop(), 0)
  },
)
