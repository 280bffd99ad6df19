import { limits } from './limits.ts'
import { flag, headerBytes, type Query, rcode, recursionAvailable } from './query.ts'

// Messages that the resolver writes itself. A question's bytes are those that were asked.

interface Parts {
  readonly id: number
  readonly flags: number
  readonly question?: Buffer | undefined
  readonly answer?: Buffer | undefined
  readonly opt?: Buffer | undefined
}

function message({ id, flags, question, answer, opt }: Parts): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(flags, 2)
  header.writeUInt16BE(question ? 1 : 0, 4)
  header.writeUInt16BE(answer ? 1 : 0, 6)
  header.writeUInt16BE(opt ? 1 : 0, 10)
  return Buffer.concat([header, ...[question, answer, opt].filter((part) => part !== undefined)])
}

/** Source: RFC 6891, section 6.1.2. */
function opt(dnssecOk: boolean, extendedRcode = 0): Buffer {
  const record = Buffer.alloc(11)
  record.writeUInt16BE(41, 1)
  record.writeUInt16BE(limits.datagramBytes, 3)
  record.writeUInt8(extendedRcode, 5)
  record.writeUInt16BE(dnssecOk ? 0x8000 : 0, 7)
  return record
}

/** The query as upstreams are asked: options of EDNS go no further than one hop, so they get ours. */
export function upstreamQuery({ flags, question, edns }: Query, id: number): Buffer {
  return message({ id, flags, question, opt: edns && opt(edns.dnssecOk) })
}

/** An answer that says no more than a code. */
export function failure(
  query: Pick<Query, 'id'> & Partial<Pick<Query, 'question' | 'flags' | 'edns'>>,
  code: number,
) {
  const { id, question, flags = 0, edns } = query
  const asked = flags & flag.recursionDesired
  return message({
    id,
    flags: flag.response | recursionAvailable | asked | (code & 15),
    question,
    opt: edns && opt(edns.dnssecOk, code >> 4),
  })
}

/** What is too long for a datagram: the client asks again by TCP. */
export function truncated({ id, question, edns }: Query, answer: Buffer): Buffer {
  const flags = answer.readUInt16BE(2) | flag.truncated
  return message({ id, flags, question, opt: edns && opt(edns.dnssecOk) })
}

/** `HINFO "RFC8482" ""` for a question about everything. Source: RFC 8482, section 4.2. */
export function minimalAny({ id, question, flags, edns }: Query): Buffer {
  const text = Buffer.from('\u{7}RFC8482\0', 'latin1')
  const answer = Buffer.alloc(12)
  answer.writeUInt16BE(0xc000 | headerBytes, 0)
  answer.writeUInt16BE(13, 2)
  answer.writeUInt16BE(1, 4)
  answer.writeUInt32BE(3_600, 6)
  answer.writeUInt16BE(text.length, 10)
  return message({
    id,
    flags: flag.response | recursionAvailable | (flags & flag.recursionDesired) | rcode.noError,
    question,
    answer: Buffer.concat([answer, text]),
    opt: edns && opt(edns.dnssecOk),
  })
}

/** The same answer for another query. */
export function withId(answer: Buffer, id: number): Buffer {
  const copy = Buffer.from(answer)
  copy.writeUInt16BE(id, 0)
  return copy
}
