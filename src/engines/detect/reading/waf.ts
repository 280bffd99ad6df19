import type { WebRecord } from '../records.ts'
import { isObject, type JsonObject, parseObject } from './json.ts'
import { isPlausible, lineLengthMax, type Read } from './rejection.ts'

const actions: ReadonlySet<unknown> = new Set(['ALLOW', 'BLOCK', 'CAPTCHA', 'CHALLENGE'])
const knownVersion = 1
/** Source: WAF Developer Guide, "Log fields", labels: at most 100. */
const labelsMax = 100
/** What a client is answered where a rule blocks and says nothing else. Source: WAF Developer Guide, "Rule actions". */
const statusOfBlock = 403

/**
 * Reads a line of a web ACL's log. What the target answered does not stand there: `status` is known of what was not allowed alone.
 * Source: WAF Developer Guide, "Log fields for protection pack (web ACL) traffic".
 */
export function readWafLog(text: string, nowMs: number): Read<WebRecord> {
  const parsed = parseObject(text, lineLengthMax)
  if ('rejected' in parsed) return parsed
  const line = parsed.object
  const { timestamp, formatVersion, webaclId, action, httpRequest, httpSourceId } = line
  if (formatVersion !== undefined && formatVersion !== knownVersion) return { rejected: 'unknown version' }
  if (timestamp === undefined || httpRequest === undefined || webaclId === undefined)
    return { rejected: 'field missing' }
  if (
    typeof timestamp !== 'number' ||
    typeof webaclId !== 'string' ||
    !isObject(httpRequest) ||
    !actions.has(action)
  )
    return { rejected: 'wrong type' }
  if (!isPlausible(timestamp, nowMs)) return { rejected: 'time out of range' }
  const request = requestOf(httpRequest)
  const labels = labelsOf(line['labels'])
  if (request === undefined || labels === undefined) return { rejected: 'wrong type' }
  const sent = line['responseCodeSent']
  const status = typeof sent === 'number' ? sent : action === 'BLOCK' ? statusOfBlock : undefined
  return {
    record: {
      ...{ atMs: timestamp, webACLArn: webaclId, labels, status, ...request },
      ...placeOf(webaclId, httpSourceId),
      action: action as NonNullable<WebRecord['action']>, // One of four.
      terminatingRuleId: textOf(line['terminatingRuleId']),
      terminatingRuleType: textOf(line['terminatingRuleType']),
    },
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A load balancer's source is `ACCOUNT-app/NAME/ID`; the Region is its web ACL's. Of others the source itself has to do. */
function placeOf(webACLArn: string, source: unknown): Pick<WebRecord, 'accountId' | 'resourceArn'> {
  const [, partition = 'aws', , region = '', owner = ''] = webACLArn.split(':', 6)
  const named = textOf(source) ?? ''
  const [, account, resource] = /^(\d{12})-(app\/[\w-]{1,32}\/\w{1,32})$/.exec(named) ?? []
  if (account === undefined || resource === undefined)
    return { accountId: owner, resourceArn: named || webACLArn }
  const resourceArn = `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/${resource}`
  return { accountId: account, resourceArn }
}

type Request = Pick<WebRecord, 'clientIp' | 'requestId' | 'method' | 'path' | 'host' | 'userAgent'>

function requestOf({ clientIp, requestId, httpMethod, uri, headers }: JsonObject): Request | undefined {
  if (typeof clientIp !== 'string' || typeof requestId !== 'string') return undefined
  if (typeof httpMethod !== 'string' || typeof uri !== 'string') return undefined
  return {
    ...{ clientIp, requestId, method: httpMethod, path: uri },
    host: headerOf(headers, 'host') ?? '',
    userAgent: headerOf(headers, 'user-agent'),
  }
}

function headerOf(headers: unknown, wanted: string): string | undefined {
  if (!Array.isArray(headers)) return undefined
  for (const header of headers as readonly unknown[]) {
    if (!isObject(header)) continue
    const { name, value } = header
    if (typeof name === 'string' && name.length === wanted.length && name.toLowerCase() === wanted)
      return textOf(value)
  }
  return undefined
}

function labelsOf(labels: unknown): readonly string[] | undefined {
  if (labels === undefined || labels === null) return []
  if (!Array.isArray(labels)) return undefined
  const names = (labels.slice(0, labelsMax) as readonly unknown[]).map((label) =>
    isObject(label) ? label['name'] : undefined,
  )
  return names.every((name) => typeof name === 'string') ? names : undefined
}
