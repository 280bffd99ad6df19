/** What is read out of a record, in the structure language of DuckDB's JSON functions. */
const sessionContext =
  '{"attributes":{"creationDate":"TIMESTAMP","mfaAuthenticated":"VARCHAR"},' +
  '"sessionIssuer":{"type":"VARCHAR","principalId":"VARCHAR","arn":"VARCHAR","accountId":"VARCHAR","userName":"VARCHAR"},' +
  '"sourceIdentity":"VARCHAR"}'
const texts = '"MAP(VARCHAR,VARCHAR)"'

/**
 * The columns of an event data store, with the structure that each is read by.
 * Source: CloudTrail User Guide, "CloudTrail Lake event schema".
 */
const columns: Readonly<Record<string, string>> = {
  eventVersion: '"VARCHAR"',
  userIdentity:
    '{"type":"VARCHAR","principalId":"VARCHAR","arn":"VARCHAR","accountId":"VARCHAR","accessKeyId":"VARCHAR",' +
    `"userName":"VARCHAR","sessionContext":${sessionContext},"invokedBy":"VARCHAR"}`,
  eventTime: '"TIMESTAMP"',
  eventSource: '"VARCHAR"',
  eventName: '"VARCHAR"',
  awsRegion: '"VARCHAR"',
  sourceIPAddress: '"VARCHAR"',
  userAgent: '"VARCHAR"',
  errorCode: '"VARCHAR"',
  errorMessage: '"VARCHAR"',
  requestParameters: texts,
  responseElements: texts,
  additionalEventData: texts,
  requestID: '"VARCHAR"',
  eventID: '"VARCHAR"',
  readOnly: '"BOOLEAN"',
  resources: '[{"accountId":"VARCHAR","type":"VARCHAR","ARN":"VARCHAR"}]',
  eventType: '"VARCHAR"',
  apiVersion: '"VARCHAR"',
  managementEvent: '"BOOLEAN"',
  recipientAccountId: '"VARCHAR"',
  sharedEventID: '"VARCHAR"',
  vpcEndpointId: '"VARCHAR"',
  serviceEventDetails: texts,
  eventCategory: '"VARCHAR"',
}

const structure = `{${Object.entries(columns)
  .map(([name, form]) => `"${name}":${form}`)
  .join(',')}}`

/** The columns as a list of SQL; the last is the record itself. */
export const columnList = [...Object.keys(columns), 'eventJson'].map((name) => `"${name}"`).join(', ')

/** Selects the columns out of a source whose column `json` has the records. */
export function recordsOf(source: string): string {
  const fields = Object.keys(columns).map((name) => `r."${name}" AS "${name}"`)
  return (
    `SELECT ${fields.join(', ')}, eventJson FROM ` +
    `(SELECT ${withoutSum('json::VARCHAR')} AS eventJson, from_json(json, ${literal(structure)}) AS r FROM ${source})`
  )
}

/** A line without its sum (`../line-sums.ts`), which was checked before. */
function withoutSum(line: string): string {
  return `CASE WHEN substr(${line}, -16, 6) = ',"~":"' THEN concat(substr(${line}, 1, length(${line}) - 16), '}') ELSE ${line} END`
}

/** Records of segments, each line one, and those that are mended. What is being written may end in half a line: that is left out where it is said to be `growing`. */
export function linesOf(paths: readonly string[], { growing = false } = {}): string {
  const mended = 'SELECT json FROM mended'
  if (paths.length === 0) return `(${mended})`
  return (
    `(SELECT json FROM read_ndjson_objects(${list(paths)}, maximum_object_size = ${lineBytesMax}` +
    `${growing ? ', ignore_errors = true' : ''}) UNION ALL ${mended})`
  )
}

/** As in src/telemetry/windows-backwards.ts: no line of ours is longer. Units: bytes. */
const lineBytesMax = 16 * 1024 * 1024

/** Texts as a list of SQL. */
export function list(values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`
}

/** A text as SQL writes it: nothing but a quote has a meaning within. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new Error('a text of SQL has no NUL')
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  if (name.includes('\0')) throw new Error('a name of SQL has no NUL')
  return `"${name.replaceAll('"', '""')}"`
}
