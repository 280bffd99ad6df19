import type { World } from '#core/world.ts'
import type { Clients } from './clients.ts'
import type { Forwarder } from './forwarder.ts'
import { limits } from './limits.ts'
import { failure, minimalAny, withId } from './message.ts'
import { type Query, rcode, readQuery } from './query.ts'
import type { Told } from './query-record.ts'

/** A message of a client, and how it came. */
export interface Received {
  readonly message: Buffer
  /** Plain: as `plainAddress` writes it. */
  readonly srcaddr: string
  readonly transport: 'UDP' | 'TCP'
}

/** What is sent back, with the query that it is for where there was one. */
export interface Reply {
  readonly message: Buffer
  readonly query?: Query
}

interface Parts {
  readonly world: Pick<World, 'nowMs'>
  readonly clients: Clients
  readonly forwarder: Forwarder
  readonly tell: (told: Told) => void
}

/** Source: RFC 1035, section 3.2.3; RFC 5936; RFC 1995. AXFR and IXFR are between servers of a zone. */
const [internet, any, transfers] = [1, 255, new Set([251, 252])] as const
/** Source: RFC 6891, section 6.1.3. */
const badVersion = 16

/** Answers messages of clients, whichever way they came. Undefined: with silence. */
export function createAnswering({ world, clients, forwarder, tell }: Parts) {
  let underWay = 0

  return async function answer({ message, ...client }: Received): Promise<Reply | undefined> {
    if (!clients.take(client.srcaddr)) return undefined
    const query = readQuery(message)
    if ('kind' in query)
      return query.kind === 'ignored' ? undefined : { message: failure({ id: query.id }, query.rcode) }
    if (query.edns !== undefined && query.edns.version !== 0)
      return { query, message: failure(query, badVersion) }
    if (underWay >= limits.queriesUnderWay) return { query, message: failure(query, rcode.serverFailure) }
    const atMs = world.nowMs()
    underWay += 1
    try {
      const found = await find(query)
      tell({ query, answer: found, atMs, ...client })
      return { query, message: found }
    } finally {
      underWay -= 1
    }
  }

  async function find(query: Query): Promise<Buffer> {
    if (query.class !== internet || transfers.has(query.type)) return failure(query, rcode.refused)
    if (query.type === any) return minimalAny(query)
    const found = await forwarder.answer(query)
    return found === undefined ? failure(query, rcode.serverFailure) : withId(found, query.id)
  }
}

export type Answering = ReturnType<typeof createAnswering>
