import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

interface Message {
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE'
  readonly owner: string
  readonly logGroup: string
  readonly logStream: string
  readonly subscriptionFilters: readonly string[]
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[]
}

/** What a subscribed function is invoked with. Source: Lambda Developer Guide, "Processing CloudWatch Logs", example event. */
export async function invocationOf(FunctionName: string, message: Message) {
  const data = (await compress(JSON.stringify(message))).toString('base64')
  return {
    FunctionName,
    InvocationType: 'Event',
    Payload: Buffer.from(JSON.stringify({ awslogs: { data } })),
  }
}
