import type { World } from '#core/world.ts'
import type { Handle } from '#wire/sockets/index.ts'
import type { FromEdgeWorker } from '../worker/messages.ts'
import type { PlaceSockets } from './processes.ts'

/** How long a process may take; what it has not sent by then is opened anew. Units: milliseconds. */
const sendMsMax = 3_000

/** What processes listen on; `release` lets go of the descriptors, which are this process's own. */
interface Gathered {
  readonly places: readonly PlaceSockets[]
  readonly release: () => void
}

/** Gathers the sockets that `count` processes send. */
export function gatherSockets(
  count: number,
  { after }: Pick<World, 'after'>,
): {
  readonly hear: (worker: number, message: FromEdgeWorker, handle: Handle | undefined) => void
  readonly done: Promise<Gathered>
} {
  const places = Array.from({ length: count }, (): [port: number, handle: Handle][] => [])
  const sent = new Set<number>()
  const { promise, resolve } = Promise.withResolvers<Gathered>()
  const giveUp = after(sendMsMax, finish)

  function finish(): void {
    giveUp()
    resolve({
      places: places.map((place) => place.map(([port, { fd }]) => [port, fd] as const)),
      release: () => {
        for (const [, handle] of places.flat()) handle.close()
      },
    })
  }

  return {
    hear(worker, message, handle) {
      if (message.kind === 'socket' && handle !== undefined) places[worker]?.push([message.port, handle])
      if (message.kind === 'sockets-sent' && sent.add(worker).size === count) finish()
    },
    done: promise,
  }
}
