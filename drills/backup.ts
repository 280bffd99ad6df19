// A backup under load, verified, restored into an empty directory, and served from.
import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sdk } from '../test/clients/sdk.ts'
import { redoubt } from '../test/command.ts'
import { directoryFor, serverFor } from '../test/server.ts'
import { drill } from './drill.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, placeOn } from './place.ts'

await drill(
  {
    fault: 'the machine is lost, and a backup is there',
    promise:
      'A backup that was made while others wrote is whole, and restores to all that was acknowledged before it began, ready to serve.',
  },
  async (t) => {
    const [directory, elsewhere] = [directoryFor(t), directoryFor(t)]
    const server = await serverFor(t, { directory, workers: 2, flags })
    const place = await placeOn(t, server)
    const client = sdk(t, server.url)
    const early = new Acknowledged()
    const first = startLoad(client, place, early, 'early')
    await sleep(1_500)
    assert.deepEqual(await first.stop(), [])
    const late = startLoad(client, place, new Acknowledged(), 'late')
    const out = join(elsewhere, 'backup')
    const succeeds = async (...words: readonly string[]): Promise<void> => {
      const { ended, printed } = await redoubt(words)
      assert.equal(ended, 0, printed)
    }
    await succeeds('backup', '--data', directory, '--out', out)
    assert.deepEqual(await late.stop(), [], 'nobody was refused meanwhile')
    await server.kill()
    const rootKey = join(directory, 'root.key')
    await succeeds('backup', 'verify', out, '--root-key', rootKey)
    const restored = join(elsewhere, 'restored')
    await succeeds('restore', out, '--data', restored)
    cpSync(rootKey, join(restored, 'root.key'))
    const after = await serverFor(t, { directory: restored, workers: 2, flags })
    const { total } = early
    await assertAllThere(sdk(t, after.url), place, early)
    t.saw(`A backup was made beside five writers, none of which was refused, and verified with the root key.`)
    t.saw(
      `Restored into an empty directory it serves all ${total} writes that were acknowledged before; every secret opens.`,
    )
  },
)
