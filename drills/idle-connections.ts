// 10,000 connections to the API that ask nothing (`CONNECTIONS=10000`), and a client that goes on among them.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { allowed } from '../test/clients/expect.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, serverFor } from '../test/server.ts'
import { drill, numberOf } from './drill.ts'
import { residentOf } from './processes.ts'

const count = numberOf('CONNECTIONS', 10_000)
/** So many at a time: the kernel's queue of connections that nobody has accepted is short. */
const atOnce = 200

await drill(
  {
    fault: '10,000 idle connections',
    promise: 'Each costs little memory, and other callers are served among them.',
  },
  async (t) => {
    const server = await serverFor(t, { workers: 2 })
    const as = administratorOf(server)
    const client = sdk(t, server.url)
    const call = async (): Promise<number> => {
      const begun = performance.now()
      allowed(await client.call('sts', 'GetCallerIdentity', {}, as))
      return performance.now() - begun
    }
    for (let at = 0; at < 200; at += 1) await call()
    const before = residentOf(server.pid)
    const sockets: Socket[] = []
    t.after(() => {
      for (const socket of sockets) socket.destroy()
    })
    while (sockets.length < count) {
      const some = Array.from({ length: Math.min(atOnce, count - sockets.length) }, (_, at) =>
        opened(server.port, `127.0.0.${1 + ((sockets.length + at) % 8)}`),
      )
      sockets.push(...(await Promise.all(some)))
    }
    const latencies: number[] = []
    for (let at = 0; at < 200; at += 1) latencies.push(await call())
    latencies.sort((one, other) => one - other)
    const open = sockets.filter(({ destroyed }) => !destroyed).length
    const each = (residentOf(server.pid) - before) / count / 1024
    t.saw(
      `${open.toLocaleString('en')} of ${count.toLocaleString('en')} connections from eight addresses are open, ${each.toFixed(1)} KiB of memory each.`,
    )
    t.saw(
      `200 of 200 calls among them were served; p50 ${latencies[100]?.toFixed(1)} ms, p99 ${latencies[198]?.toFixed(1)} ms.`,
    )
    assert.ok(each < 64, 'a connection costs less than 64 KiB')
  },
)

function opened(port: number, localAddress: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => resolve(socket))
    socket.once('error', reject)
    socket.resume()
  })
}
