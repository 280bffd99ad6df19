import { accessLogFields, type AccessLogField } from '#core/access-log-fields.ts'
import type { FrontDoor, LogDelivery, LogPlace } from '#core/front-door.ts'
import type { RequestRecord } from '../record.ts'
import type { EdgeRequest } from '../request.ts'
import { dateParts, quoted } from './log-text.ts'

/** How long one file is written to. Units: milliseconds. */
const fileMs = 5 * 60_000

/** How a delivery writes entries. */
type Form = Pick<LogDelivery, 'format' | 'fields' | 'delimiter'>

const line: Form = { format: 'plain', fields: accessLogFields, delimiter: ' ' }

/** Fields that stand in quotation marks. */
const inQuotes: ReadonlySet<AccessLogField> = new Set([
  ...([
    'request_line',
    'user_agent',
    'trace_id',
    'domain_name',
    'chosen_cert_arn',
    'actions_executed',
  ] as const),
  ...(['redirect_url', 'error_reason', 'target:port_list', 'target_status_code_list'] as const),
  ...(['classification', 'classification_reason'] as const),
])

/**
 * A request's entry in a load balancer's access log. Source: ELB User Guide for Application Load Balancers, "Access log entries".
 * Differs: connections are not numbered, so the last field is `-`. What is absent is `-` in JSON, too.
 */
export function accessLogEntry(record: RequestRecord, { format, fields, delimiter }: Form = line): string {
  const values = valuesOf(record)
  if (format === 'json')
    return JSON.stringify(Object.fromEntries(fields.map((name) => [name, values[name] || '-'])))
  return fields
    .map((name) => (inQuotes.has(name) ? quoted(values[name]) : (values[name] ?? '-')))
    .join(delimiter)
}

function valuesOf(record: RequestRecord): Readonly<Record<AccessLogField, string | undefined>> {
  const { request, frontDoor, listener, rule, target, classification, statusCode } = record
  const { tls, client } = request
  const status = target?.statusCode === undefined ? '-' : String(target.statusCode)
  const isAcceptable = classification.is === 'Acceptable' && classification.reason === undefined
  return {
    type: typeOf(record),
    time: microseconds(record.answeredAtMs),
    elb: frontDoor.resourceId,
    'client:port': withPort(client.address, client.port),
    'target:port': target?.address,
    request_processing_time: seconds(record.requestProcessingSec),
    target_processing_time: seconds(record.targetProcessingSec),
    response_processing_time: seconds(record.responseProcessingSec),
    elb_status_code: String(statusCode),
    target_status_code: status,
    received_bytes: String(record.receivedBytes),
    sent_bytes: String(record.sentBytes),
    request_line: requestText(request, listener.port),
    user_agent: headerOf(request, 'user-agent'),
    ssl_cipher: tls?.cipher,
    ssl_protocol: tls?.version,
    target_group_arn: target?.group.arn,
    trace_id: record.traceId,
    domain_name: tls?.serverName,
    chosen_cert_arn: tls?.certificateArn,
    matched_rule_priority: rule && (rule.priority === 'default' ? '0' : String(rule.priority)),
    request_creation_time: microseconds(request.receivedAtMs),
    actions_executed: record.actions.join(','),
    redirect_url: record.redirectUrl,
    error_reason: record.errorReason,
    'target:port_list': target?.address,
    target_status_code_list: target && status,
    classification: isAcceptable ? undefined : classification.is,
    classification_reason: classification.reason,
    conn_trace_id: undefined,
  }
}

/** Where a balancer's line belongs. Source: the same guide, "Access log files"; the address is that of the machine itself. */
export function accessLogPath(
  { account, region, resourceId }: FrontDoor,
  { prefix }: LogPlace,
  nowMs: number,
  node: string,
): string {
  const end = dateParts(Math.floor(nowMs / fileMs) * fileMs + fileMs)
  const { year, month, day, hour, minute } = end
  const folder = `AWSLogs/${account}/elasticloadbalancing/${region}/${year}/${month}/${day}`
  const balancer = resourceId.replaceAll('/', '.')
  const name = `${account}_elasticloadbalancing_${region}_${balancer}_${year}${month}${day}T${hour}${minute}Z_127.0.0.1_${node}.log.gz`
  return `${prefix === '' ? '' : `${prefix}/`}${folder}/${name}`
}

function typeOf({ request, statusCode }: RequestRecord): string {
  if (statusCode === 101) return request.scheme === 'https' ? 'wss' : 'ws'
  return request.httpVersion === '2.0' ? 'h2' : request.scheme
}

function requestText({ method, scheme, host, path, query, httpVersion }: EdgeRequest, port: number): string {
  const target = query === undefined ? path : `${path}?${query}`
  return `${method} ${scheme}://${host === '' ? '-' : host}:${port}${target} HTTP/${httpVersion}`
}

/** The value of a header; of a repeated one, the first. `name` is in lower case. */
function headerOf({ headers }: EdgeRequest, name: string): string | undefined {
  return headers.find(([sent]) => sent.length === name.length && sent.toLowerCase() === name)?.[1]
}

function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}

function seconds(value: number): string {
  return value < 0 ? '-1' : value.toFixed(3)
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
