import { allDetectors } from '#engines/detect/index.ts'
import { awsTypes } from './aws-types.ts'

interface Row {
  readonly type: string
  readonly severity: number
  readonly source: string
  readonly title: string
}

const sources: Readonly<Record<string, string>> = {
  cloudTrail: 'calls',
  flow: 'flows',
  dns: 'DNS queries',
  web: 'web requests',
  signal: 'other findings',
}

/** The page of all types of findings that Redoubt can give. */
export function findingTypesPage(): string {
  const rows = allDetectors
    .flatMap(({ source, finds }): readonly Row[] =>
      Object.entries(finds).map(([type, { severity, title }]) => ({
        ...{ type, severity, title },
        source: sources[source] ?? source,
      })),
    )
    .toSorted((one, other) => (one.type < other.type ? -1 : 1))
  const known = new Map(
    [...Map.groupBy(rows, ({ type }) => type)].map(([type, [row, ...others]]) => [
      type,
      { ...row, type, source: [...new Set([row, ...others].map((one) => one?.source))].join(', ') },
    ]),
  )
  const theirs = [...known.values()].filter(({ type }) => awsTypes.has(type))
  const own = [...known.values()].filter(({ type }) => !awsTypes.has(type))
  const missing = [...awsTypes].filter((type) => !known.has(type))
  return `# Types of findings

Written by \`npm run finding-types\` from the detectors in \`src/engines/detect\`; a test says when it is stale. Severities are the usual ones: some findings
are graver by what was seen. \`{names}\` in a title are filled in.

${known.size} types: ${theirs.length} of AWS's, and ${own.length} of our own for threats that AWS has no type for, or sees by anomalies alone.

## AWS's

${table(theirs)}

## Our own

${table(own)}

## AWS's that are not given

For want of records: EKS audit logs, RDS logins, the agents of runtime monitoring, malware scans; or not built.

${missing.map((type) => `\`${type}\``).join(', ')}.
`
}

function table(rows: readonly (Partial<Row> & Pick<Row, 'type' | 'source'>)[]): string {
  return [
    '| type | severity | seen in | title |',
    '| --- | ---: | --- | --- |',
    ...rows.map(
      ({ type, severity, source, title }) =>
        `| \`${type}\` | ${severity ?? ''} | ${source} | ${title ?? ''} |`,
    ),
  ].join('\n')
}
