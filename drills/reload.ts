// A server that is reloaded again and again while clients of every kind work.
import assert from 'node:assert/strict'
import { reloadDrill } from '../test/reload/set-up.ts'
import { drill, numberOf } from './drill.ts'

const seconds = numberOf('SECONDS', 60)
const reloads = numberOf('RELOADS', 5)

await drill(
  {
    fault: 'the server is replaced by a newer one under load',
    promise:
      'No request fails and no acknowledged write is lost: connections wait until the successor serves.',
  },
  async (t) => {
    const { requests, failures, longestWaitMs, gapsMs, lostWrites, writes } = await reloadDrill(
      seconds * 1_000,
      reloads,
    )
    assert.deepEqual([failures, lostWrites.length], [[], 0])
    assert.equal(gapsMs.length, reloads)
    t.saw(
      `${reloads} reloads within ${seconds} s of load by API clients and the edge's, with new connections and with kept ones.`,
    )
    t.saw(`${requests} requests, of which none failed; ${writes} acknowledged writes, each is there.`)
    t.saw(
      `Nothing was accepted for ${Math.max(...gapsMs)} ms at most; the longest wait of a client was ${Math.round(longestWaitMs)} ms.`,
    )
  },
)
