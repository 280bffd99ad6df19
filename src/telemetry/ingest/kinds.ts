import {
  type CloudTrailRecord,
  createFlowReader,
  defaultFlowFormat,
  type DnsRecord,
  type FlowRecord,
  type Read,
  readCloudTrail,
  readDnsQuery,
  readWafLog,
  type WebRecord,
} from '#engines/detect/index.ts'
import type { RecordKind } from '../records/record-store.ts'

/** What `redoubt ingest` takes. */
export const ingestKinds = ['cloudtrail', 'flow', 'dns', 'waf'] as const
export type IngestKind = (typeof ingestKinds)[number]

export type AnyRecord = CloudTrailRecord | FlowRecord | DnsRecord | WebRecord

/** A trail's own records have 300 kB at most. Units: characters. */
const recordLengthMax = 1024 * 1024

/**
 * A record as the line that is kept of it; undefined for one that is too long. What was read says nothing of that: a file of a trail is
 * one line, and `1e20` is written out in full.
 */
export function recordLine(record: object): string | undefined {
  const line = JSON.stringify(record)
  return line.length > recordLengthMax ? undefined : line
}

/** How a line, or a whole file, becomes records; nothing for a line that only says how others are to be read. */
export type ReadText = (text: string) => readonly Read<AnyRecord>[]

/** How the records of a kind are read and kept. */
interface Kind {
  readonly keptAs: RecordKind
  /** A reader for one file; `format` is of flow logs. */
  readonly reader: (format: string | undefined, nowMs: number) => ReadText
  /** The record as another account's. */
  readonly of: (account: string, record: never) => AnyRecord
}

const inAccount = (accountId: string, record: FlowRecord | DnsRecord | WebRecord): AnyRecord => ({
  ...record,
  accountId,
})

/** How each kind of file is read, and as which records it is kept. */
export const kinds = {
  cloudtrail: {
    keptAs: 'ingested',
    reader: (_, nowMs) => (text) => readCloudTrail(text, nowMs),
    of: (recipientAccountId: string, record: CloudTrailRecord) => ({ ...record, recipientAccountId }),
  },
  flow: { keptAs: 'flow', reader: flowReader, of: inAccount },
  dns: { keptAs: 'dns', reader: (_, nowMs) => (text) => [readDnsQuery(text, nowMs)], of: inAccount },
  waf: { keptAs: 'web', reader: (_, nowMs) => (text) => [readWafLog(text, nowMs)], of: inAccount },
} as const satisfies Readonly<Record<IngestKind, Kind>>

/** Flow logs of a bucket begin with a line that names the fields; those of a log group have none, and the default format. */
function flowReader(format: string | undefined, nowMs: number): ReadText {
  let reader = format === undefined ? undefined : createFlowReader(format, nowMs)
  let isFirst = true
  return (text) => {
    const named = isFirst && /(?:^|\s)srcaddr(?:\s|$)/.test(text) ? createFlowReader(text, nowMs) : undefined
    isFirst = false
    if (named) {
      reader = named
      return []
    }
    reader ??= createFlowReader(defaultFlowFormat, nowMs)
    return [reader?.read(text) ?? { rejected: 'wrong columns' }]
  }
}
