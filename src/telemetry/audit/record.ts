import { hash } from 'node:crypto'
import { resourceAccount } from '#core/access/condition-context.ts'
import type { AuditedCall } from '#core/audit.ts'
import { Bounded } from '#core/bounded.ts'
import type { Caller } from '#core/caller.ts'
import { uuid } from '#core/ids.ts'
import type { ServiceName } from '#wire/index.ts'
import { operationFacts } from './operation-facts.ts'
import { namedResource } from './resource-types.ts'
import { foreignUserIdentity, userIdentity } from './user-identity.ts'

/**
 * Limits of single fields.
 * Units: characters. Source: CloudTrail User Guide, "CloudTrail record contents": what is larger is left out or cut short.
 */
const limits = { elements: 100 * 1024, errorMessage: 1024, userAgent: 1024, additionalEventData: 28 * 1024 }

const textsMax = 2000

/** Where the records of global services stand. Source: AWS General Reference, "Global endpoints". */
const firstRegions: ReadonlyMap<string, string> = new Map([
  ['aws', 'us-east-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])

/**
 * Makes the function that writes the record of a call, as one line of JSON in CloudTrail's format. It runs on every call: what
 * repeats (a caller, an operation, a user agent, a second) is written once and kept.
 * Source: CloudTrail User Guide, "CloudTrail record contents", eventVersion 1.11.
 */
export function createRecorder(randomBytes: (length: number) => Buffer): (call: AuditedCall) => string {
  const identities = new WeakMap<Caller, string>()
  const userAgents = new Bounded<string, string>(textsMax)
  let second = -1
  let time = ''

  function identityOf(caller: Caller): string {
    const known = identities.get(caller)
    if (known !== undefined) return known
    const made = userIdentity(caller)
    identities.set(caller, made)
    return made
  }

  function timeOf(nowMs: number): string {
    const now = Math.floor(nowMs / 1000)
    if (now !== second) {
      second = now
      time = `${new Date(now * 1000).toISOString().slice(0, 19)}Z`
    }
    return time
  }

  function userAgentText(userAgent: string): string {
    // What is cut short is not kept: a header of its full length would be kept with it.
    return userAgent.length > limits.userAgent
      ? JSON.stringify(userAgent.slice(0, limits.userAgent))
      : userAgents.of(userAgent, () => JSON.stringify(userAgent))
  }

  return (call) => {
    const { envelope, caller, account, input, output, fault, access } = call
    const facts = operationFacts(envelope.service, envelope.operation)
    const foreign = 'account' in caller && caller.account !== account
    const region = facts.isGlobal
      ? (firstRegions.get(envelope.partition) ?? envelope.region)
      : envelope.region
    const invokedBy = envelope.calledVia.at(-1) ?? (caller.kind === 'service' ? caller.service : undefined)
    const identity = foreign ? foreignUserIdentity(caller) : identityOf(caller)
    const shared = fault === undefined && access.some((one) => isForeign(resourceAccount(one), caller))

    return (
      `{"eventVersion":"1.11","userIdentity":${invokedBy === undefined ? identity : withInvoker(identity, invokedBy)}` +
      `,"eventTime":"${timeOf(envelope.nowMs)}",${facts.source},"awsRegion":${JSON.stringify(region)}` +
      `,"sourceIPAddress":${JSON.stringify(invokedBy ?? envelope.sourceIp)}` +
      `,"userAgent":${userAgentText(invokedBy ?? envelope.userAgent)}` +
      (fault ? failure(envelope.service, fault) : '') +
      `,"requestParameters":${bounded('requestParameters', input === undefined ? 'null' : facts.requestParameters(input))}` +
      `,"responseElements":${bounded('responseElements', fault ? 'null' : facts.responseElements(output))}` +
      additional(call.additionalEventData) +
      `,"requestID":"${envelope.requestId}","eventID":"${uuid(randomBytes)}","readOnly":${facts.readOnly}` +
      resources(call) +
      `,"eventType":"AwsApiCall","managementEvent":${!facts.isData},"recipientAccountId":"${account}"` +
      (shared ? `,"sharedEventID":"${sharedEventId(envelope.requestId)}"` : '') +
      `,"eventCategory":"${facts.isData ? 'Data' : 'Management'}"}`
    )
  }
}

function isForeign(owner: string | undefined, caller: Caller): boolean {
  return owner !== undefined && 'account' in caller && owner !== caller.account
}

function withInvoker(identity: string, invokedBy: string): string {
  if (identity.includes('"invokedBy":')) return identity // A service that acts for itself already says so.
  return `${identity.slice(0, -1)},"invokedBy":${JSON.stringify(invokedBy)}}`
}

/** EC2 alone tells whose fault an error is. Source: CloudTrail's records of EC2, "errorCode": "Client.UnauthorizedOperation". */
function failure(service: ServiceName, fault: NonNullable<AuditedCall['fault']>): string {
  const code =
    service === 'ec2'
      ? `Client.${fault.code === 'AccessDenied' ? 'UnauthorizedOperation' : fault.code}`
      : fault.code
  return `,"errorCode":${JSON.stringify(code)},"errorMessage":${JSON.stringify(fault.message.slice(0, limits.errorMessage))}`
}

/** CloudTrail leaves out what is too large, and says so in its place. */
function bounded(name: 'requestParameters' | 'responseElements', text: string): string {
  if (text.length <= limits.elements) return text
  return JSON.stringify({ omitted: true, originalSize: Buffer.byteLength(text), reason: `${name} too large` })
}

function additional(data: AuditedCall['additionalEventData']): string {
  if (!data) return ''
  const text = JSON.stringify(data)
  return text.length <= limits.additionalEventData ? `,"additionalEventData":${text}` : ''
}

function resources({ access, account }: AuditedCall): string {
  if (access.length === 0) return ''
  const shown = new Map<string, string>()
  for (const { resource } of access) {
    if (resource === '*' || shown.has(resource.arn)) continue
    const named = namedResource(resource.arn)
    if (!named) continue
    const type = named.type === undefined ? '' : `,"type":${JSON.stringify(named.type)}`
    const owner = named.account === '' ? account : named.account
    shown.set(
      resource.arn,
      `{"accountId":${JSON.stringify(owner)}${type},"ARN":${JSON.stringify(resource.arn)}}`,
    )
  }
  return shown.size === 0 ? '' : `,"resources":[${[...shown.values()].join(',')}]`
}

/** One id for both accounts' records of a call: it follows from the request, so that each can be written on its own. */
function sharedEventId(requestId: string): string {
  return uuid(() => Buffer.from(hash('sha256', `shared event ${requestId}`, 'hex').slice(0, 32), 'hex'))
}
