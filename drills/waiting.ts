// A connection on which a client does nothing more, and what becomes of it.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Lifetime } from '../test/server.ts'

/** Begins to wait when it was opened, or when it last had something of the server. */
export class Waiting {
  readonly socket: Socket
  /** How long it was kept; undefined while it is open. Units: milliseconds. */
  closedAfterMs: number | undefined
  /** Of the first answer. */
  status: number | undefined
  #sinceMs = performance.now()

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes: Buffer) => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1'))?.[1]
      if (status !== '408') this.#sinceMs = performance.now()
      if (status !== undefined) this.status = Number(status)
    })
    socket.on('error', () => undefined) // It closes right after.
    const ended = (): void => {
      this.closedAfterMs ??= performance.now() - this.#sinceMs
      socket.destroy()
    }
    socket.on('end', ended)
    socket.on('close', ended)
  }

  /** Connects and sends something. Faults: those of connecting. */
  static async to(
    t: Pick<Lifetime, 'after'>,
    port: number,
    sent: string,
    localAddress = '127.0.0.1',
  ): Promise<Waiting> {
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    t.after(() => socket.destroy())
    await once(socket, 'connect')
    const waiting = new Waiting(socket)
    if (sent !== '') socket.write(sent)
    return waiting
  }

  /** Ends once there was an answer, or the connection is closed without one. */
  async answered(): Promise<this> {
    if (this.status === undefined && this.closedAfterMs === undefined)
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')])
    return this
  }
}
