import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { type Answering, createAnswering } from './answering.ts'
import { Clients } from './clients.ts'
import { createForwarder } from './forwarder.ts'
import { queryRecord } from './query-record.ts'
import { RecordBatch } from './record-batch.ts'
import { openTcpDoor } from './tcp-door.ts'
import { type Door, openUdpDoor } from './udp-door.ts'
import { UnderWay } from './under-way.ts'
import type { Upstream } from './upstream.ts'

/** Where the resolver listens, and whom it asks. */
export interface ResolverSettings {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly upstreams: readonly Upstream[]
  /** The account whose queries these are; the deployment's first one where it is absent. */
  readonly account?: string | undefined
}

/** What a resolver listens on. */
export interface ResolverSockets {
  readonly udp: number
  readonly tcp: number
}

interface Parts {
  readonly settings: ResolverSettings
  readonly world: World
  readonly log: Log
  /** Whose queries these are; undefined while there is no account. */
  readonly account: () => string | undefined
  /** Keeps records, each a line of JSON. */
  readonly keep: (lines: readonly string[]) => void
}

/** A DNS resolver that passes queries on and records them. */
export interface Resolver {
  /** Opens its ports, or takes sockets that are open, and says which port it is. Faults: what the system says of a port that it cannot have. */
  listen(handed?: ResolverSockets): Promise<number>
  /** What another process can listen on in its place. */
  sockets(): ResolverSockets | undefined
  close(): Promise<void>
}

/** How long a resolver that closes waits for answers to what it was asked. Units: milliseconds. */
const closeMsMax = 500
/** Attempts at finding a free port that both transports can have. */
const attemptsMax = 20

export function createResolver({ settings, world, log, account, keep }: Parts): Resolver {
  const batch = new RecordBatch({ world, log, keep })
  const underWay = new UnderWay()
  const find = createAnswering({
    world,
    clients: new Clients(world.elapsedMs),
    forwarder: createForwarder({ world, upstreams: settings.upstreams }),
    tell(told) {
      const accountId = account()
      if (accountId !== undefined) batch.add(JSON.stringify(queryRecord(told, accountId)))
    },
  })
  const answer: Answering = (asked) => underWay.count(find(asked))
  let doors: readonly Door[] = []

  async function open(handed?: ResolverSockets): Promise<number> {
    const { host } = settings
    const udp = await openUdpDoor({ host, port: settings.port, fd: handed?.udp, answer, log })
    try {
      doors = [udp, await openTcpDoor({ host, port: udp.port, fd: handed?.tcp, answer, world, log })]
      return udp.port
    } catch (error) {
      await udp.close()
      throw error
    }
  }

  return {
    sockets() {
      const [udp, tcp] = doors.map(({ descriptor }) => descriptor)
      return udp === undefined || tcp === undefined ? undefined : { udp, tcp }
    },
    async listen(handed) {
      for (let attempt = 1; ; attempt += 1)
        try {
          return await open(handed)
        } catch (error) {
          if (handed || settings.port !== 0 || attempt === attemptsMax) throw error
        }
    },
    async close() {
      await underWay.none(closeMsMax, world)
      await Promise.all(doors.map((door) => door.close()))
      batch.close()
    },
  }
}
