import type { WebRecord } from '#engines/detect/index.ts'
import type { RequestRecord } from '../record.ts'
import type { WebACLFacts } from './web-acl-rules.ts'

/** What detection is told of a request: a line of JSON. */
export function webRecordLine(record: RequestRecord, facts: WebACLFacts | undefined): string {
  const { request, frontDoor, judgement, answeredAtMs, statusCode } = record
  const rule = judgement?.verdict.terminatingRule?.rule
  const line: WebRecord = {
    accountId: frontDoor.account,
    atMs: answeredAtMs,
    requestId: record.traceId,
    resourceArn: frontDoor.arn,
    webACLArn: frontDoor.webACL,
    clientIp: request.client.address,
    method: request.method,
    host: request.host,
    path: request.path.slice(0, pathCharactersMax),
    userAgent: headerOf(record, 'user-agent')?.slice(0, userAgentCharactersMax),
    status: statusCode === 0 ? undefined : statusCode,
    action: judgement?.verdict.action.type,
    terminatingRuleId: rule,
    terminatingRuleType: rule === undefined ? undefined : facts?.rules.get(rule)?.type,
    labels: judgement?.verdict.labels.slice(0, labelsMax) ?? [],
  }
  return JSON.stringify(line)
}

/** What is longer is cut: detection looks at what a path begins with. */
const pathCharactersMax = 1_024
const userAgentCharactersMax = 256
const labelsMax = 20

function headerOf({ request }: RequestRecord, name: string): string | undefined {
  return request.headers.find(([one]) => one.length === name.length && one.toLowerCase() === name)?.[1]
}
