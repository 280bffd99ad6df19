import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { redoubt } from '../http/contenders.ts'
import { putLoad } from '../http/load.ts'
import { inTurn, query } from '../http/requests.ts'
import { type Growth, median } from './measure.ts'

/** A worker takes 10,000 connections, those that ask among them. */
const counts = [90, 900, 9_000] as const
const atOnce = 50
const health = 'GET /_redoubt/health HTTP/1.1\r\nhost: bench\r\n\r\n'

/**
 * Signed calls over 8 connections while others are kept open and ask nothing more, on a server as anybody starts it. They are opened one
 * upon another, so here the sizes do not take turns.
 */
export async function connectionGrowth(rounds: number, seconds: number): Promise<Growth> {
  const server = await redoubt(1)
  const idle: Socket[] = []
  try {
    const next = inTurn(server.port, query('sts', 'GetCallerIdentity'), server.credentials)
    const measure = async (): Promise<number> => {
      const load = { port: server.port, pid: server.pid, connections: 8, next, seconds, warmupSeconds: 0.1 }
      return (await putLoad(load)).cpuMicros ?? Number.NaN
    }
    for (let warm = 0; warm < 10; warm += 1) await measure()
    const micros: number[] = []
    const resident: number[] = []
    for (const count of counts) {
      while (idle.length < count) await open(server.port, idle, Math.min(atOnce, count - idle.length))
      const figures: number[] = []
      for (let round = 0; round < rounds; round += 1) figures.push(await measure())
      micros.push(median(figures))
      resident.push(residentBytes(server.pid))
    }
    return {
      subject: { what: 'idle connections', operation: 'GetCallerIdentity over HTTP', counts },
      micros,
      bytesEach: ((resident.at(-1) ?? Number.NaN) - (resident[0] ?? Number.NaN)) / (counts[2] - counts[0]),
    }
  } finally {
    for (const socket of idle) socket.destroy()
    await server.end()
  }
}

async function open(port: number, into: Socket[], count: number): Promise<void> {
  const made = Array.from({ length: count }, () => connect(port, '127.0.0.1'))
  into.push(...made)
  // Who has never asked is cut off after a while; who had an answer may keep the connection.
  for (const socket of made) socket.write(health)
  await Promise.all(made.map((socket) => once(socket, 'data')))
}

/** Of the server's process. Undefined elsewhere than on Linux. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024
}
