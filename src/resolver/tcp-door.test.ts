// Goal: connections are bounded: by client, by queries that wait, by time; a client's query that is answered with silence ends its connection.
// Method: the door by itself, with answers and a clock of the test.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answering } from './answering.ts'
import { limits } from './limits.ts'
import { byTcp, frame, loopback, query } from './rig.test.ts'
import { openTcpDoor } from './tcp-door.ts'

async function door(t: TestContext, answer: Answering) {
  const timers = new Set<() => void>()
  const made = await openTcpDoor({
    ...{ host: loopback, port: 0, answer },
    world: {
      after: (_, task) => {
        timers.add(task)
        return () => timers.delete(task)
      },
    },
    log: (entry) => assert.fail(JSON.stringify(entry)),
  })
  t.after(() => made.close())
  const open = async () => {
    const socket = connect(made.port, loopback)
    socket.on('error', () => undefined)
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return { port: made.port, open, timers }
}

test('TCP: a client has so many connections; another one is closed', async (t) => {
  const { open } = await door(t, () => Promise.resolve(undefined))
  const sockets = await Promise.all(Array.from({ length: limits.connectionsPerClient }, () => open()))
  await sleep(50)
  const further = await open()
  further.resume()
  await once(further, 'close')
  assert.ok(sockets.every(({ destroyed }) => !destroyed))
  sockets[0]?.destroy()
  await sleep(50)
  const again = await open()
  again.resume()
  await sleep(50)
  assert.equal(again.destroyed, false)
})

test('TCP: so many queries of a connection wait at once, and all are answered', async (t) => {
  let [waiting, most] = [0, 0]
  const { port } = await door(t, async ({ message }) => {
    waiting += 1
    most = Math.max(most, waiting)
    await sleep(2)
    waiting -= 1
    return { message }
  })
  const count = 200
  const all = Array.from({ length: count }, (_, id) => frame(query('a.example.com', { id })))
  const answers = await byTcp(port, Buffer.concat(all), count)
  assert.equal(new Set(answers.map((answer) => answer.readUInt16BE(0))).size, count)
  assert.equal(most, limits.queriesPerConnection)
})

test('TCP: who asks nothing, or half a query, is cut off in time; who waits for an answer is not', async (t) => {
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const { open, timers } = await door(t, async ({ message }) => {
    await gate
    return { message }
  })
  const passTime = () => [...timers].forEach((task) => task())
  const [silent, half, waiting] = [await open(), await open(), await open()]
  for (const socket of [silent, half, waiting]) socket.resume()
  half.write(frame(query('a.example.com')).subarray(0, 10))
  waiting.write(frame(query('a.example.com')))
  await sleep(50)
  passTime()
  await sleep(50)
  assert.deepEqual([silent.destroyed, half.destroyed, waiting.destroyed], [true, true, false])
  release()
  await sleep(50)
  passTime()
  await sleep(50)
  assert.equal(waiting.destroyed, true)
})

test('TCP: silence is told by the end of the connection', async (t) => {
  const { port } = await door(t, () => Promise.resolve(undefined))
  assert.deepEqual(await byTcp(port, frame(query('a.example.com')), 1), [])
})
