import type { IpSetFormat } from '#models/guardduty.d.ts'

/** What stands in a list's file. */
export interface ReadList {
  /** Addresses and CIDR blocks. */
  readonly addresses: readonly string[]
  readonly domains: readonly string[]
}

export type ReadOutcome =
  { readonly ok: true; readonly list: ReadList } | { readonly ok: false; readonly why: string }

interface Options {
  /** Whether domains may stand in it. */
  readonly domains: boolean
  readonly entriesMax: number
}

const addressForm = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)(?:\/\d{1,3})?$/i
const domainForm = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/
const lineCharactersMax = 4_096

/** How each format writes an entry in a line; STIX is no format of lines. */
const entriesIn: { readonly [Format in Exclude<IpSetFormat, 'STIX'>]: (line: string) => string | undefined } =
  {
    TXT: (line) => line,
    /** `IPv4, 192.0.2.1, description`. */
    OTX_CSV: (line) => line.split(',', 2)[1],
    /** `192.0.2.1#4#2#Malicious Host#US#…`. */
    ALIEN_VAULT: (line) => line.split('#', 1)[0],
    /** `192.0.2.1, category, score, …`. */
    PROOF_POINT: (line) => line.split(',', 1)[0],
    /** A table with a head: whichever of its cells is an address or a domain. */
    FIRE_EYE: (line) =>
      line
        .split(',')
        .map(bare)
        .find((cell) => addressForm.test(cell)),
  }

/**
 * Reads a list. Lines that are empty or begin with `#` say nothing, nor does a line that is no entry in a format with a head. A list without
 * any entry, or with too many, is none.
 * Source: GuardDuty User Guide, "Customizing threat detection with entity lists and IP address lists", "List formats".
 */
export function readList(
  format: IpSetFormat,
  text: string,
  { domains: takesDomains, entriesMax }: Options,
): ReadOutcome {
  const addresses = new Set<string>()
  const domains = new Set<string>()
  for (const entry of format === 'STIX' ? stixEntries(text) : lineEntries(format, text)) {
    if (addressForm.test(entry)) addresses.add(entry)
    else if (takesDomains && domainForm.test(entry.toLowerCase())) domains.add(entry.toLowerCase())
    else if (format === 'TXT') return { ok: false, why: `'${entry.slice(0, 64)}' is no entry of a list.` }
    if (addresses.size + domains.size > entriesMax)
      return { ok: false, why: `The list has more than ${entriesMax} entries.` }
  }
  if (addresses.size + domains.size === 0) return { ok: false, why: 'The list has no entries.' }
  return { ok: true, list: { addresses: [...addresses], domains: [...domains] } }
}

function* lineEntries(
  format: Exclude<IpSetFormat, 'STIX'>,
  text: string,
): Generator<string, void, undefined> {
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('#') || line.length > lineCharactersMax) continue
    const entry = bare(entriesIn[format](line) ?? '')
    if (entry !== '') yield entry
  }
}

/** The values of its address and domain objects: `<AddressObj:Address_Value>192.0.2.1</…>`, or `[ipv4-addr:value = '192.0.2.1']`. */
function* stixEntries(text: string): Generator<string, void, undefined> {
  for (const [, value = ''] of text.matchAll(
    /(?:Address_Value|DomainNameObj:Value)(?:\s[^<>]{0,200})?>([^<]{1,300})</g,
  ))
    for (const one of value.split('##comma##')) yield one.trim()
  for (const [, value = ''] of text.matchAll(/(?:ipv[46]-addr|domain-name):value\s?=\s?'([^']{1,300})'/g))
    yield value
}

function bare(cell: string): string {
  return cell.trim().replace(/^"|"$/g, '')
}
