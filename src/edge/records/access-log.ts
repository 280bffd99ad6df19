import type { FrontDoor, LogPlace } from '#core/front-door.ts'
import type { RequestRecord } from '../record.ts'
import type { EdgeRequest } from '../request.ts'
import { dateParts, escaped, quoted } from './log-text.ts'

/** How long one file is written to. Units: milliseconds. */
const fileMs = 5 * 60_000

/**
 * A request's line in a load balancer's access log. Source: ELB User Guide for Application Load Balancers, "Access log entries".
 * Differs: connections are not numbered, so the last field is `-`.
 */
export function accessLogLine(record: RequestRecord): string {
  const { request, frontDoor, listener, rule, target, classification, statusCode } = record
  const { tls, client } = request
  const status = target?.statusCode === undefined ? '-' : String(target.statusCode)
  return [
    typeOf(record),
    microseconds(record.answeredAtMs),
    frontDoor.resourceId,
    withPort(client.address, client.port),
    target?.address ?? '-',
    seconds(record.requestProcessingSec),
    seconds(record.targetProcessingSec),
    seconds(record.responseProcessingSec),
    String(statusCode),
    status,
    String(record.receivedBytes),
    String(record.sentBytes),
    `"${escaped(requestText(request, listener.port))}"`,
    quoted(headerOf(request, 'user-agent')),
    tls?.cipher ?? '-',
    tls?.version ?? '-',
    target?.group.arn ?? '-',
    quoted(record.traceId),
    quoted(tls?.serverName),
    quoted(tls?.certificateArn),
    rule === undefined ? '-' : rule.priority === 'default' ? '0' : String(rule.priority),
    microseconds(request.receivedAtMs),
    quoted(record.actions.join(',')),
    quoted(record.redirectUrl),
    quoted(record.errorReason),
    quoted(target?.address),
    quoted(target === undefined ? undefined : status),
    quoted(
      classification.is === 'Acceptable' && classification.reason === undefined
        ? undefined
        : classification.is,
    ),
    quoted(classification.reason),
    '-',
  ].join(' ')
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
export function headerOf({ headers }: EdgeRequest, name: string): string | undefined {
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
