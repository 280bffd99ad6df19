import type { ServiceName } from '#wire/index.ts'
import type { AccountId } from '../arn.ts'
import type { ActingAs, CallAsService } from '../service-calls.ts'
import type { Scope } from '../store/index.ts'
import { type Failure, failureOf } from './failure.ts'
import type { TargetPlace } from './target-place.ts'

/** The call by which a target is given something. */
export interface DeliveryRequest {
  readonly service: ServiceName
  readonly operation: string
  readonly input: object
}

/** The call that gives a queue a message. */
export function sendMessage(
  { partition, region, account, name }: TargetPlace,
  message: object,
): DeliveryRequest {
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  const QueueUrl = `https://sqs.${region}.${domain}/${account}/${name}`
  return { service: 'sqs', operation: 'SendMessage', input: { QueueUrl, ...message } }
}

/** Attributes of a message: dead letters say in them what became of it. */
export function stringAttributes(texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  )
}

/** Makes the call; answers why it was in vain. Of PutEvents, an entry that is refused is a refusal. */
export async function deliverBy(
  callAsService: CallAsService,
  { account }: Pick<Scope, 'account'>,
  region: string,
  request: DeliveryRequest,
  as: ActingAs,
): Promise<Failure | undefined> {
  // A scope's account is one.
  const answer = await callAsService({ ...request, account: account as AccountId, region, as })
  if (!answer.ok) return failureOf(answer.fault)
  if (request.service !== 'events' || request.operation !== 'PutEvents') return undefined
  const { Entries } = answer.output as { readonly Entries?: readonly EntryAnswer[] } // PutEvents' own answer.
  const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined)
  return refused?.ErrorCode === undefined
    ? undefined
    : failureOf({ code: refused.ErrorCode, message: refused.ErrorMessage ?? '' })
}

interface EntryAnswer {
  readonly ErrorCode?: string
  readonly ErrorMessage?: string
}
