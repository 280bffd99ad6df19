import type { World } from '#core/world.ts'
import { limits } from './limits.ts'
import { upstreamQuery } from './message.ts'
import { flag, type Query, rcode } from './query.ts'
import { askByTcp, askByUdp, type Upstream } from './upstream.ts'

/** Finds answers: a whole one, whatever its length, with an id that means nothing; undefined where no upstream gave one. */
export interface Forwarder {
  answer(query: Query): Promise<Buffer | undefined>
}

interface Parts {
  readonly world: Pick<World, 'after' | 'elapsedMs' | 'randomBytes'>
  readonly upstreams: readonly Upstream[]
}

/**
 * Asks upstreams, one after the other. Who asks what is being asked already waits for that answer: a question that is under way many
 * times could be answered by guessing one of its ids. Source: RFC 5452, section 5.
 */
export function createForwarder({ world, upstreams }: Parts): Forwarder {
  const underWay = new Map<string, Promise<Buffer | undefined>>()

  async function ask(query: Query): Promise<Buffer | undefined> {
    const endsAtMs = world.elapsedMs() + limits.questionMs
    const leftMs = (): number => Math.min(limits.attemptMs, endsAtMs - world.elapsedMs())
    let failed: Buffer | undefined
    for (let round = 0; round < limits.rounds; round += 1)
      for (const upstream of upstreams) {
        if (leftMs() <= 0) return failed
        const answer = await askOne(query, upstream, leftMs)
        if (answer !== undefined && !isFailure(answer)) return answer
        failed ??= answer
      }
    return failed
  }

  /** By TCP where the answer was cut: it counts as one attempt with the datagram before it, and gets what time is left of the question's. */
  async function askOne(query: Query, upstream: Upstream, leftMs: () => number): Promise<Buffer | undefined> {
    const one = () => ({
      ...{ upstream, world, timeoutMs: leftMs(), question: query.question },
      query: upstreamQuery(query, world.randomBytes(2).readUInt16BE(0)),
    })
    const answer = await askByUdp(one())
    if (answer === undefined || (answer.readUInt16BE(2) & flag.truncated) === 0) return answer
    return askByTcp(one())
  }

  return {
    answer(query) {
      const key = keyOf(query)
      const asked = underWay.get(key)
      if (asked) return asked
      if (underWay.size >= limits.questionsUnderWay) return Promise.resolve(undefined)
      const asking = ask(query).finally(() => underWay.delete(key))
      underWay.set(key, asking)
      return asking
    },
  }
}

/** Another upstream may know better. */
function isFailure(answer: Buffer): boolean {
  const code = answer.readUInt16BE(2) & 15
  return code === rcode.serverFailure || code === rcode.refused || code === rcode.notImplemented
}

function keyOf({ flags, edns, question }: Query): string {
  return `${flags} ${edns === undefined ? '-' : edns.dnssecOk} ${question.toString('latin1')}`
}
