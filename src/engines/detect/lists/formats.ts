import type { ThreatIntelSetFormat } from '#models/guardduty.d.ts'
import { type Block, parseBlock } from './address-index.ts'
import { parseDomain } from './domain-index.ts'

/** Source: GuardDuty API Reference, CreateThreatIntelSet, Format. */
export type ListFormat = ThreatIntelSetFormat

/** What stands in a list. */
export interface ListEntries {
  readonly blocks: readonly Block[]
  readonly domains: readonly string[]
  /** Lines or values that are no address, block or domain. */
  readonly rejected: number
}

/** Source: GuardDuty User Guide, "Amazon GuardDuty quotas": entries of a trusted and of a threat list, size of a file of either. */
export const listLimits = { trusted: 2000, threat: 250_000, fileBytes: 35 * 1024 * 1024 }

type Refusal = { readonly refused: 'too large' | 'too many entries' }

/** Reads a list, or says why it is none that GuardDuty takes. Source: GuardDuty User Guide, "List formats". */
export function parseList(
  format: ListFormat,
  text: string,
  kind: 'trusted' | 'threat',
): ListEntries | Refusal {
  if (Buffer.byteLength(text) > listLimits.fileBytes) return { refused: 'too large' }
  const [blocks, domains, max]: [Block[], string[], number] = [[], [], listLimits[kind]]
  let rejected = 0
  for (const value of valuesOf[format](text)) {
    const block = parseBlock(value)
    const domain = block === undefined ? parseDomain(value) : undefined
    if (block !== undefined) blocks.push(block)
    else if (domain !== undefined) domains.push(domain)
    else rejected += 1
    if (blocks.length + domains.length > max) return { refused: 'too many entries' }
  }
  return { blocks, domains, rejected }
}

/** The values of a text, each to be an address, a block or a domain. */
const valuesOf: { readonly [Format in ListFormat]: (text: string) => Iterable<string> } = {
  *TXT(text) {
    for (const line of linesOf(text)) yield line
  },

  /** STIX 1 in XML: the values of address and domain objects, several in one with `##comma##` between. */
  *STIX(text) {
    const element = /<(?:[\w-]{1,64}:)?(?:Address_Value|Value)(?:\s[^<>]{0,1000})?>([^<]*)</g
    for (const [, values = ''] of text.matchAll(element))
      for (const value of values.split('##comma##')) yield value.trim()
  },

  /** `Indicator type, Indicator, Description` */
  *OTX_CSV(text) {
    const types = /^(?:cidr|ipv[46]|domain|domain name|hostname)$/i
    for (const [type = '', value = ''] of rowsOf(text)) if (types.test(type)) yield value
  },

  /** iSIGHT: a header whose columns `sourceIp`, `ip`, `cidr`, `sourceDomain` and `domain` are of interest. */
  *FIRE_EYE(text) {
    const wanted = new Set(['sourceip', 'ip', 'cidr', 'sourcedomain', 'domain'])
    let columns: readonly number[] = []
    let isHeader = true
    for (const row of rowsOf(text)) {
      if (isHeader) columns = row.flatMap((name, at) => (wanted.has(name.toLowerCase()) ? [at] : []))
      else for (const at of columns) if (row[at]) yield row[at]
      isHeader = false
    }
  },

  /** `ip, category, score, first_seen, last_seen, ports (optional)` */
  *PROOF_POINT(text) {
    const heads = new Set(['ip', 'domain'])
    for (const [value = ''] of rowsOf(text)) if (!heads.has(value.toLowerCase())) yield value
  },

  /** `198.51.100.1#4#2#Malicious Host#US##0.0,0.0#3` */
  *ALIEN_VAULT(text) {
    for (const line of linesOf(text)) yield (line.split('#', 1)[0] ?? '').trim()
  },
}

/** Lines that say something: neither empty nor a comment. */
function* linesOf(text: string): Iterable<string> {
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end < 0 ? undefined : end).trim()
    if (line !== '' && !line.startsWith('#')) yield line
    if (end < 0) return
    from = end + 1
  }
}

/** Lines of comma-separated values, in quotes where they have commas. */
function* rowsOf(text: string): Iterable<readonly string[]> {
  for (const line of linesOf(text))
    yield line.includes('"')
      ? Array.from(line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,"]*))/g), ([, quoted, plain = '']) =>
          (quoted?.replaceAll('""', '"') ?? plain).trim(),
        )
      : line.split(',').map((cell) => cell.trim())
}
