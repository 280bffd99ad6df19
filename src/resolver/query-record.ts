import { type Answer, decode } from 'dns-packet'
import type { DnsRecord } from '#engines/detect/index.ts'
import { limits } from './limits.ts'
import { failure } from './message.ts'
import type { Query } from './query.ts'

/** A query that was answered. */
export interface Told {
  readonly query: Query
  /** What the client was answered, before it was cut for a datagram. */
  readonly answer: Buffer
  readonly atMs: number
  readonly srcaddr: string
  readonly transport: 'UDP' | 'TCP'
}

/** A query in the terms of Route 53 Resolver's query log. Of a long answer the first records are told. */
export function queryRecord({ query, answer, atMs, srcaddr, transport }: Told, accountId: string): DnsRecord {
  // The question alone, with the answer's code: that can be read, whatever follows in the answer.
  const head = decode(failure({ id: 0, question: query.question }, answer.readUInt16BE(2) & 15))
  return {
    ...{ accountId, atMs, srcaddr, transport },
    queryName: query.name,
    queryType: typeName(head.questions?.[0]?.type ?? '', query.type),
    rcode: 'rcode' in head ? String(head.rcode) : '',
    answers: answersOf(answer).slice(0, limits.recordedAnswers).map(shown),
  }
}

function answersOf(answer: Buffer): readonly Answer[] {
  try {
    return decode(answer).answers ?? []
  } catch {
    return [] // The library throws errors of no kind of their own. The client may read what it cannot.
  }
}

/** Types that the library does not know. Source: RFC 9460, section 14.1; RFC 3597, section 5 for the others. */
const furtherTypes: ReadonlyMap<number, string> = new Map([
  [64, 'SVCB'],
  [65, 'HTTPS'],
])

function typeName(name: string, number: number): string {
  return name.startsWith('UNKNOWN_') ? (furtherTypes.get(number) ?? `TYPE${number}`) : name
}

function shown(answer: Answer): DnsRecord['answers'][number] {
  const number = Number(/^UNKNOWN_(\d+)$/.exec(answer.type)?.[1])
  const data: unknown = 'data' in answer ? answer.data : ''
  return {
    type: typeName(answer.type, number),
    rdata: textOf(data, answer.type).slice(0, limits.recordedCharacters),
  }
}

const names: ReadonlySet<string> = new Set(['CNAME', 'NS', 'PTR', 'DNAME'])

/** As zone files have it. Source: RFC 1035, section 5.1. */
function textOf(data: unknown, type: string): string {
  if (typeof data === 'string') return names.has(type) && !data.endsWith('.') ? `${data}.` : data
  if (typeof data === 'number' || typeof data === 'boolean') return String(data)
  if (Buffer.isBuffer(data))
    return type === 'TXT' ? JSON.stringify(data.toString('latin1')) : data.toString('hex')
  if (Array.isArray(data)) return data.map((part) => textOf(part, type)).join(' ')
  return typeof data === 'object' && data !== null ? textOf(Object.values(data), '') : ''
}
