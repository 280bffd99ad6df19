import { type Arn, parseArn } from '#core/arn.ts'
import type { CallAsService, ServiceCall } from '#core/service-calls.ts'
import type { PutEventsResponse } from '#models/events.d.ts'
import { principal } from './declare.ts'
import type { AsyncEventDocument, FunctionDocument } from './documents.ts'

/** What a queue is asked by: its URL ends as its ARN does. */
export function queueUrl(queue: Arn): string {
  const { region = '', account = '', resource = '' } = parseArn(queue) ?? {}
  return `https://sqs.${region}.amazonaws.com/${account}/${resource}`
}

/** Sends what became of an event to its destination, by the function's role. Tells whether it is worth trying again. */
export async function deliver(
  callAsService: CallAsService,
  { account, region, arn, name }: FunctionDocument,
  roleArn: Arn,
  delivery: NonNullable<AsyncEventDocument['delivery']>,
): Promise<'done' | 'refused' | 'later'> {
  const asked = request(delivery, arn)
  if (!asked) return 'refused'
  const as = { kind: 'role', roleArn, sessionName: name, principal, sourceArn: arn } as const
  const target = parseArn(delivery.to)
  const answer = await callAsService({ ...asked, account, region: target?.region || region, as })
  const code = answer.ok ? entryFault(asked.operation, answer.output) : answer.fault.code
  if (code === undefined) return 'done'
  return /^(?:Internal|Service|Throttl|TooMany|NotImplemented)/.test(code) ? 'later' : 'refused'
}

/** PutEvents succeeds where its entry was refused. */
function entryFault(operation: string, output: unknown): string | undefined {
  if (operation !== 'PutEvents') return undefined
  const { Entries = [] } = output as PutEventsResponse // EventBridge's own answer.
  return Entries[0]?.ErrorCode
}

function request(
  { to, body, kind, attributes }: NonNullable<AsyncEventDocument['delivery']>,
  source: Arn,
): Pick<ServiceCall, 'service' | 'operation' | 'input'> | undefined {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: name === 'ErrorCode' ? 'Number' : 'String', StringValue },
    ]),
  )
  switch (parseArn(to)?.service ?? '') {
    case 'sqs':
      return {
        service: 'sqs',
        operation: 'SendMessage',
        input: { QueueUrl: queueUrl(to), MessageBody: body, MessageAttributes },
      }
    case 'sns':
      return {
        service: 'sns',
        operation: 'Publish',
        input: { TopicArn: to, Message: body, MessageAttributes },
      }
    case 'lambda':
      return {
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName: to, InvocationType: 'Event', Payload: Buffer.from(body) },
      }
    case 'events': {
      const DetailType = `Lambda Function Invocation Result - ${kind === 'destination' && isSuccess(body) ? 'Success' : 'Failure'}`
      const entry = { Source: 'lambda', DetailType, Detail: body, Resources: [source], EventBusName: to }
      return { service: 'events', operation: 'PutEvents', input: { Entries: [entry] } }
    }
    default:
      return undefined
  }
}

function isSuccess(body: string): boolean {
  const { requestContext } = JSON.parse(body) as { readonly requestContext?: { readonly condition?: string } } // Our own text.
  return requestContext?.condition === 'Success'
}
