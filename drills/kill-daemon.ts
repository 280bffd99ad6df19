// kill -9 of the server at random moments under load, over one data directory. `ROUNDS=30` says how often.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { sdk } from '../test/clients/sdk.ts'
import { directoryFor, serverFor } from '../test/server.ts'
import { drill, numberOf } from './drill.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, type Place, placeOn } from './place.ts'

const rounds = numberOf('ROUNDS', 30)
/** Units: milliseconds. */
const startMsMax = 10_000

await drill(
  {
    fault: 'kill -9 of the server under load',
    promise:
      'Whatever was acknowledged is there after the next start, with its record and its secrets; nothing is half done, and no accepted event is lost.',
  },
  async (t) => {
    const directory = directoryFor(t)
    const told = new Acknowledged()
    let place: Place | undefined
    let [slowest, written] = [0, 0]
    for (let round = 0; round <= rounds; round += 1) {
      const begun = performance.now()
      const server = await serverFor(t, { directory, workers: 2, flags })
      if (round > 0) slowest = Math.max(slowest, performance.now() - begun)
      place ??= await placeOn(t, server)
      const client = sdk(t, server.url)
      await assertAllThere(client, place, told, { events: round === rounds })
      if (round === rounds) break
      const before = told.total
      const load = startLoad(client, place, told, String(round))
      await sleep(100 + Math.random() * 900)
      await server.kill()
      await load.stop()
      written += told.total - before
    }
    assert.ok(written > rounds * 10, `only ${written} writes were acknowledged: that is no load`)
    assert.ok(slowest <= startMsMax, `a start took ${Math.round(slowest)} ms`)
    t.saw(`${rounds} kills, each 0.1 to 1 s into the load of five writers against two workers.`)
    t.saw(
      `${written.toLocaleString('en')} acknowledged writes (users, messages, events, log lines, keys): none is missing, each user has one record.`,
    )
    t.saw(`${told.events.size.toLocaleString('en')} accepted events: the function ran for each.`)
    t.saw(`${told.keys.size.toLocaleString('en')} secrets: each opens.`)
    t.saw(`No start took more than ${startMsMax / 1000} s.`)
  },
)
