// A thread of the server ends by something other than memory: by an exception that nobody catches, or because it ends itself. Nothing outside
// a process ends one of its threads alone, so a debugger has the thread do it. A loop is around the server, as systemd would be.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../test/clients/edge-rig.ts'
import { sdk } from '../test/clients/sdk.ts'
import { debuggable, haveDone, type ThreadKind } from '../test/debugger.ts'
import { directoryFor, serverFor } from '../test/server.ts'
import { drill, lives, numberOf } from './drill.ts'
import { guardedEdge } from './guarded-edge.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, type Place, placeOn } from './place.ts'
import { childrenOf } from './processes.ts'

const rounds = numberOf('ROUNDS', 3)
/** Units: milliseconds. */
const endsMsMax = 10_000

const thrown = `throw new Error('a drill')`

/** How a thread ends, and the line that tells of it. */
const deaths: readonly [thread: ThreadKind, how: string, statement: string, told: RegExp][] = [
  ['worker', 'throws what nobody catches', thrown, /^\{.*"event":"worker-died","worker":1,.*a drill.*\}$/gm],
  ['worker', 'ends with code 3', 'process.exit(3)', /^\{.*"event":"worker-died","worker":1,"code":3\}$/gm],
  [
    'worker',
    'ends with code 0, unasked',
    'process.exit(0)',
    /^\{.*"event":"worker-died","worker":1,"code":0\}$/gm,
  ],
  ['main', 'throws what nobody catches', thrown, /^Error: a drill$/gm],
]

await drill(
  {
    fault: 'a thread of the server dies',
    promise:
      'The server ends as a whole with exit code 1 and says why, its edge processes with it; started again it has all that was acknowledged.',
  },
  async (t) => {
    const directory = directoryFor(t)
    const told = new Acknowledged()
    let place: Place | undefined
    let slowestMs = 0
    for (let round = 0; round < rounds; round += 1)
      for (const [at, [thread, how, statement, line]] of deaths.entries()) {
        const server = await serverFor(t, { directory, workers: 2, flags, environment: debuggable })
        const client = sdk(t, server.url)
        if (!place) {
          place = await placeOn(t, server)
          await guardedEdge(t, server, client, place.as)
        }
        await assertAllThere(client, place, told, { events: false })
        const before = told.total
        const load = startLoad(client, place, told, `${round}-${at}`)
        await sleep(500 + Math.random() * 1_000)
        const { value: edges } = await until(
          endsMsMax,
          () => Promise.resolve(edgesOf(server.pid)),
          ({ length }) => length === 1,
        )
        const beganAtMs = performance.now()
        await haveDone(server, thread, statement)
        await ended([server.pid])
        slowestMs = Math.max(slowestMs, performance.now() - beganAtMs)
        await load.stop()
        assert.ok(told.total - before >= 10, `only ${told.total - before} writes were acknowledged: no load`)
        assert.equal(await server.stop(), 1, `${thread}: ${how}: the exit code`)
        assert.equal(server.logged().match(line)?.length, 1, `${thread}: ${how}: one line says why`)
        await ended(edges)
      }
    const after = await serverFor(t, { directory, workers: 2, flags })
    const { total } = told
    assert.ok(place)
    await assertAllThere(sdk(t, after.url), place, told)
    assert.equal(await after.stop(), 0)
    const ways = deaths.map(([thread, how]) => `the ${thread} thread ${how}`)
    t.saw(`Under load, each of these ${rounds} times: ${ways.join('; ')}.`)
    t.saw(
      `Each time the server ended as a whole with exit code 1 and one report of why, within ${Math.round(slowestMs)} ms, and its edge process with it.`,
    )
    t.saw(
      `${total.toLocaleString('en')} acknowledged writes (users, messages, events, log lines, keys): none is missing after the restarts.`,
    )
  },
)

function edgesOf(server: number): readonly number[] {
  return childrenOf(server)
    .filter(({ command }) => /edge\/worker\/main/.test(command))
    .map(({ pid }) => pid)
}

async function ended(pids: readonly number[]): Promise<void> {
  await until(
    endsMsMax,
    () => Promise.resolve(pids.filter(lives)),
    (left) => left.length === 0,
  )
}
