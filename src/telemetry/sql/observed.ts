import { list, literal } from './columns.ts'

/** Records that are no audit records, as columns; `timeMs` is the one that says when. */
const observed = {
  flow: {
    timeMs: 'endMs',
    columns: {
      ...{
        accountId: 'VARCHAR',
        region: 'VARCHAR',
        interfaceId: 'VARCHAR',
        instanceId: 'VARCHAR',
        vpcId: 'VARCHAR',
      },
      ...{
        srcaddr: 'VARCHAR',
        dstaddr: 'VARCHAR',
        srcport: 'INTEGER',
        dstport: 'INTEGER',
        protocol: 'INTEGER',
      },
      ...{ packets: 'BIGINT', bytes: 'BIGINT', startMs: 'BIGINT', endMs: 'BIGINT', action: 'VARCHAR' },
      ...{ flowDirection: 'VARCHAR', tcpFlags: 'INTEGER' },
    },
  },
  dns: {
    timeMs: 'atMs',
    columns: {
      ...{ accountId: 'VARCHAR', region: 'VARCHAR', vpcId: 'VARCHAR', instanceId: 'VARCHAR', atMs: 'BIGINT' },
      ...{
        queryName: 'VARCHAR',
        queryType: 'VARCHAR',
        rcode: 'VARCHAR',
        srcaddr: 'VARCHAR',
        transport: 'VARCHAR',
      },
      ...{ answers: 'STRUCT(rdata VARCHAR, type VARCHAR)[]', blocked: 'BOOLEAN' },
    },
  },
  web: {
    timeMs: 'atMs',
    columns: {
      ...{
        accountId: 'VARCHAR',
        resourceArn: 'VARCHAR',
        webACLArn: 'VARCHAR',
        requestId: 'VARCHAR',
        atMs: 'BIGINT',
      },
      ...{ clientIp: 'VARCHAR', method: 'VARCHAR', host: 'VARCHAR', path: 'VARCHAR', userAgent: 'VARCHAR' },
      ...{
        status: 'INTEGER',
        action: 'VARCHAR',
        terminatingRuleId: 'VARCHAR',
        terminatingRuleType: 'VARCHAR',
      },
      labels: 'VARCHAR[]',
    },
  },
} as const

export type ObservedKind = keyof typeof observed

/** A SELECT of records of a kind from segments, each of which may be being written, within a time. Units: milliseconds since 1970. */
export function observedRecords(
  kind: ObservedKind,
  paths: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): string {
  const { timeMs, columns } = observed[kind]
  const typed = Object.entries(columns).map(([name, type]) => `"${name}": '${type}'`)
  const structure = Object.entries(columns).map(([name, type]) => `"${name}":${structureOf(type)}`)
  const mended = `SELECT s.* FROM (SELECT from_json(json, ${literal(`{${structure.join(',')}}`)}) AS s FROM mended)`
  const whole = `SELECT * FROM read_ndjson(${list(paths)}, columns = {${typed.join(', ')}}, ignore_errors = true)`
  const all = paths.length === 0 ? mended : `${whole} UNION ALL ${mended}`
  return `SELECT * FROM (${all}) WHERE "${timeMs}" >= ${Math.trunc(fromMs)} AND "${timeMs}" < ${Math.trunc(toMs)}`
}

/** A column's type in the structure language of DuckDB's JSON functions. */
function structureOf(type: string): string {
  if (type.endsWith('[]')) return `[${structureOf(type.slice(0, -2))}]`
  const members = /^STRUCT\((.*)\)$/.exec(type)?.[1]?.split(', ')
  if (!members) return `"${type}"`
  return `{${members
    .map((member) => member.split(' '))
    .map(([name = '', of = '']) => `"${name}":${structureOf(of)}`)
    .join(',')}}`
}
