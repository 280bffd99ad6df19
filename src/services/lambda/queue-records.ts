import type { Arn } from '#core/arn.ts'

/** A message as SQS answers it. */
export interface QueueMessage {
  readonly MessageId: string
  readonly ReceiptHandle: string
  readonly MD5OfBody?: string
  readonly Body: string
  readonly Attributes?: Readonly<Record<string, string>>
  readonly MessageAttributes?: Readonly<
    Record<
      string,
      { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: Uint8Array }
    >
  >
}

export type QueueRecord = ReturnType<typeof recordOf>

/** A message as a function sees it. Source: Lambda Developer Guide, "Using Lambda with Amazon SQS", example event. */
export function recordOf(message: QueueMessage, queueArn: Arn, region: string) {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ],
  )
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes) as Readonly<Record<string, object>>, // Made above.
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  }
}
