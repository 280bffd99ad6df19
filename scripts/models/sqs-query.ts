import type { SelectedModel } from './select.ts'

/**
 * Adds SQS's query protocol, which botocore's model dropped in 2023 and which older clients still speak.
 * Names and codes: the traits `xmlName`, `xmlFlattened` and `awsQueryError` of AWS's own model, as `@aws-sdk/client-sqs` carries them.
 */
export function addSqsQuery(model: SelectedModel): SelectedModel {
  const shapes = Object.fromEntries(
    Object.entries(model.shapes).map(([shapeName, shape]) => {
      const members = Object.entries(shape.members ?? {}).map(([name, ref]) => {
        const target = model.shapes[ref.shape]
        const collection = target?.type === 'list' || target?.type === 'map'
        const element = target?.member?.shape ?? ''
        const queryName = elementNames[name] ?? (element.endsWith('Entry') ? element : undefined)
        if (collection && queryName === undefined) throw new Error(`no query name for ${shapeName}.${name}`)
        return [name, collection ? { ...ref, queryName } : ref]
      })
      const keys = shapeName === 'TagMap' ? ['Key', 'Value'] : ['Name', 'Value']
      const error = errors[shapeName]
      if (shape['exception'] === true && !error) throw new Error(`no query error code for ${shapeName}`)
      return [
        shapeName,
        {
          ...shape,
          ...(shape.members && { members: Object.fromEntries(members) }),
          ...(shape.key && { key: { ...shape.key, queryName: keys[0] } }),
          ...(shape.value && { value: { ...shape.value, queryName: keys[1] } }),
          ...(error && { error: { code: error[0], httpStatusCode: error[1], senderFault: true } }),
        },
      ]
    }),
  )
  const { metadata, operations } = model
  const wrapped = Object.entries(operations).map(([name, operation]) => {
    const { output } = operation
    return [name, output ? { ...operation, output: { ...output, resultWrapper: `${name}Result` } } : operation]
  })
  return {
    metadata: {
      ...metadata,
      protocols: ['json', 'query'],
      xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
    },
    operations: Object.fromEntries(wrapped),
    shapes,
  }
}

/** What one element of a member is called; of the members absent here, an element's name is its shape's. */
const elementNames: Readonly<Record<string, string>> = {
  AWSAccountIds: 'AWSAccountId',
  Actions: 'ActionName',
  AttributeNames: 'AttributeName',
  Attributes: 'Attribute',
  BinaryListValues: 'BinaryListValue',
  MessageAttributeNames: 'MessageAttributeName',
  MessageAttributes: 'MessageAttribute',
  MessageSystemAttributeNames: 'AttributeName',
  MessageSystemAttributes: 'MessageSystemAttribute',
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  StringListValues: 'StringListValue',
  TagKeys: 'TagKey',
  Tags: 'Tag',
  queueUrls: 'QueueUrl',
  tags: 'Tag',
}

const prefix = 'AWS.SimpleQueueService.'
const errors: Readonly<Record<string, readonly [code: string, status: number]>> = {
  BatchEntryIdsNotDistinct: [`${prefix}BatchEntryIdsNotDistinct`, 400],
  BatchRequestTooLong: [`${prefix}BatchRequestTooLong`, 400],
  EmptyBatchRequest: [`${prefix}EmptyBatchRequest`, 400],
  InvalidAddress: ['InvalidAddress', 404],
  InvalidAttributeName: ['InvalidAttributeName', 400],
  InvalidAttributeValue: ['InvalidAttributeValue', 400],
  InvalidBatchEntryId: [`${prefix}InvalidBatchEntryId`, 400],
  InvalidIdFormat: ['InvalidIdFormat', 400],
  InvalidMessageContents: ['InvalidMessageContents', 400],
  InvalidSecurity: ['InvalidSecurity', 403],
  KmsAccessDenied: ['KMS.AccessDeniedException', 400],
  KmsDisabled: ['KMS.DisabledException', 400],
  KmsInvalidKeyUsage: ['KMS.InvalidKeyUsageException', 400],
  KmsInvalidState: ['KMS.InvalidStateException', 400],
  KmsNotFound: ['KMS.NotFoundException', 400],
  KmsOptInRequired: ['KMS.OptInRequired', 403],
  KmsThrottled: ['KMS.ThrottlingException', 400],
  MessageNotInflight: [`${prefix}MessageNotInflight`, 400],
  OverLimit: ['OverLimit', 403],
  PurgeQueueInProgress: [`${prefix}PurgeQueueInProgress`, 403],
  QueueDeletedRecently: [`${prefix}QueueDeletedRecently`, 400],
  QueueDoesNotExist: [`${prefix}NonExistentQueue`, 400],
  QueueNameExists: ['QueueAlreadyExists', 400],
  ReceiptHandleIsInvalid: ['ReceiptHandleIsInvalid', 404],
  RequestThrottled: ['RequestThrottled', 403],
  ResourceNotFoundException: ['ResourceNotFoundException', 404],
  TooManyEntriesInBatchRequest: [`${prefix}TooManyEntriesInBatchRequest`, 400],
  UnsupportedOperation: [`${prefix}UnsupportedOperation`, 400],
}
