import type { DnsRecord } from '../records.ts'
import { haveTexts, isObject, type JsonObject, parseObject } from './json.ts'
import { isPlausible, lineLengthMax, type Read } from './rejection.ts'
import { timeOf } from './time.ts'

const texts = [
  ...(['query_timestamp', 'query_name', 'query_type', 'srcaddr'] as const),
  ...(['version', 'account_id', 'region', 'vpc_id', 'rcode', 'transport', 'firewall_rule_action'] as const),
] as const
type Line = JsonObject & { readonly [Name in (typeof texts)[number]]?: string }
/** Source: RFC 1035, section 2.3.4, in its escaped form. */
const nameLengthMax = 1024
const answersMax = 1000

/**
 * Reads a line of Route 53 Resolver's query log.
 * Source: Route 53 Developer Guide, "Values that appear in VPC Resolver query logs".
 */
export function readDnsQuery(text: string, nowMs: number): Read<DnsRecord> {
  const parsed = parseObject(text, lineLengthMax)
  if ('rejected' in parsed) return parsed
  const { object } = parsed
  if (!haveTexts(object, texts)) return { rejected: 'wrong type' }
  const line = object as Line // Looked at above: texts, or not there.
  const { version, query_timestamp, query_name, query_type, srcaddr, firewall_rule_action } = line
  if (version !== undefined && !version.startsWith('1.')) return { rejected: 'unknown version' }
  if (query_timestamp === undefined || query_name === undefined) return { rejected: 'field missing' }
  if (query_type === undefined || srcaddr === undefined) return { rejected: 'field missing' }
  if (query_name.length > nameLengthMax) return { rejected: 'too long' }
  const atMs = timeOf(query_timestamp)
  if (!isPlausible(atMs, nowMs)) return { rejected: 'time out of range' }
  const read = answersOf(line['answers'])
  if (read === undefined) return { rejected: 'wrong type' }
  const srcids = line['srcids']
  const instance = isObject(srcids) ? srcids['instance'] : undefined
  return {
    record: {
      accountId: line.account_id ?? 'unknown',
      region: line.region,
      vpcId: line.vpc_id,
      atMs,
      queryName: (query_name.endsWith('.') ? query_name.slice(0, -1) : query_name).toLowerCase(),
      queryType: query_type,
      rcode: line.rcode ?? '',
      answers: read,
      srcaddr,
      transport: line.transport,
      instanceId: typeof instance === 'string' ? instance : undefined,
      blocked: firewall_rule_action === undefined ? undefined : firewall_rule_action === 'BLOCK',
    },
  }
}

const none: DnsRecord['answers'] = []

function answersOf(answers: unknown): DnsRecord['answers'] | undefined {
  if (answers === undefined || answers === null) return none
  if (!Array.isArray(answers)) return undefined
  const read: { rdata: string; type: string }[] = []
  for (const answer of answers.slice(0, answersMax) as readonly unknown[]) {
    if (!isObject(answer)) return undefined
    const { Rdata: rdata, Type: type } = answer
    if (typeof rdata !== 'string' || typeof type !== 'string') return undefined
    read.push({ rdata, type })
  }
  return read
}
