import { type AccountId, accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { SqsCall } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'

/** A queue as what an operation is authorized on. */
export interface FoundQueue extends Resource {
  readonly queue: QueueDocument
}

/** Whose queues an operation works on. Source: SQS API Reference, "Cross-account permissions don't apply to this action". */
export type Reach = 'own account' | 'any account'

export const queueNameForm = /^[\w-]{1,80}$/
export const fifoNameForm = /^[\w-]{1,75}\.fifo$/

/** The queue that a QueueUrl names. Faults: InvalidAddress for what is no queue's URL. */
export function findQueue(call: SqsCall, url: string, reach: Reach = 'any account'): FoundQueue | Missing {
  const { account, name } = readQueueUrl(call, url)
  return findByName(call, account, name, reach)
}

/** The queue that an ARN names, in the call's region. */
export function findQueueByArn(call: SqsCall, text: string, reach: Reach): FoundQueue | Missing {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  if (parts?.service !== 'sqs' || parts.region !== call.region || account === undefined)
    throw noSuchResource(text)
  const found = findByName(call, account, parts.resource, reach)
  return found instanceof Missing ? new Missing(found.arn, noSuchResource(text)) : found
}

function noSuchResource(text: string) {
  return faults.noSuchResource(`The resource that you specified, ${text}, doesn't exist.`)
}

export function findByName(
  call: SqsCall,
  account: AccountId,
  name: string,
  reach: Reach,
): FoundQueue | Missing {
  const isReached = account === call.account || reach === 'any account'
  const queue = isReached ? call.queues.in(account).get(name) : undefined
  return queue ? foundQueue(queue) : new Missing(queueArn(call, account, name), faults.noSuchQueue())
}

export function foundQueue(queue: QueueDocument): FoundQueue {
  const { arn, tags, policy } = queue
  return {
    arn,
    tags,
    queue,
    ...(policy !== undefined && { resourcePolicy: { kind: 'resource', text: policy, required: false } }),
  }
}

export function queueArn({ partition, region }: SqsCall, account: AccountId, name: string): Arn {
  return arn({ partition, service: 'sqs', region, account, resource: name })
}

/**
 * Where clients reach a queue: at the address at which this one reached us. One who came to the public address did so as its operator says,
 * though a proxy ended the encryption.
 */
export function queueUrl(
  { host, secureTransport, region, parts: { publicUrl } }: SqsCall,
  { account, name }: Pick<QueueDocument, 'account' | 'name'>,
): string {
  const isPublic = publicUrl !== undefined && new URL(publicUrl).host === host?.toLowerCase()
  const own = `${secureTransport ? 'https' : 'http'}://${host ?? `sqs.${region}.amazonaws.com`}`
  return `${isPublic ? publicUrl : own}/${account}/${name}`
}

/** Account and name are the path's; what stands before them says only how the caller got here. */
function readQueueUrl(call: SqsCall, url: string): { readonly account: AccountId; readonly name: string } {
  const [, digits = '', name = ''] = /^(?:https?:\/\/[^/?#]+)?\/(\d{12})\/([\w.-]+)$/.exec(url) ?? []
  const account = accountId(digits)
  if (account !== undefined) return { account, name }
  // A name alone means a queue of the caller's own, as AWS takes it.
  if (queueNameForm.test(url) || fifoNameForm.test(url)) return { account: call.account, name: url }
  throw faults.address(url)
}

/** Whether a queue is a FIFO queue: its name says so. */
export function isFifo({ name }: Pick<QueueDocument, 'name'>): boolean {
  return name.endsWith('.fifo')
}
