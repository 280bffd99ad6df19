import { accountId, arn } from '#core/arn.ts'
import { type SqsCall, sqs } from './declare.ts'
import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findQueue } from './find-queue.ts'
import { quotas } from './quotas.ts'
import { checkPolicy } from './redrive-policy.ts'

/** Actions that others may be let in to. Source: SQS API Reference, "Cross-account permissions don't apply to this action". */
const shareable: ReadonlySet<string> = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
])

interface Policy {
  readonly Version: string
  readonly Id?: string
  readonly Statement: readonly { readonly Sid?: string }[]
}

/**
 * Adds a statement to a queue's policy that lets accounts in. The statement's Sid is the label.
 * Faults: QueueDoesNotExist; OverLimit for too many statements or actions; InvalidParameterValue.
 */
export const AddPermission = sqs('AddPermission', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue) => [{ action: 'sqs:AddPermission', resource: queue }],
  run({ target: { queue }, input: { Label, AWSAccountIds, Actions }, call }) {
    if (!/^[\w-]{1,80}$/.test(Label))
      throw faults.parameter(
        Label,
        'Label',
        'Can only include alphanumeric characters, hyphens, or underscores.',
      )
    if (Actions.length === 0) throw faults.missingParameter('Actions')
    if (AWSAccountIds.length === 0) throw faults.missingParameter('AWSAccountIds')
    if (Actions.length > quotas.actionsPerStatement) throw faults.tooManyActions(Actions.length)
    for (const action of Actions) {
      if (!shareable.has(action))
        throw faults.parameter(
          `SQS:${action}`,
          'ActionName',
          'Only the queue owner is allowed to invoke this action.',
        )
    }
    const policy = policyOf(queue)
    if (policy.Statement.some(({ Sid }) => Sid === Label))
      throw faults.parameter(Label, 'Label', 'Already exists.')
    if (policy.Statement.length >= quotas.policyStatements) throw faults.tooManyStatements()
    const added = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: AWSAccountIds.map((id) => rootArn(call, id)) },
      Action: Actions.map((action) => `SQS:${action}`),
      Resource: queue.arn,
    }
    putPolicy(call, queue, { ...policy, Statement: [...policy.Statement, added] })
    return {}
  },
})

/** Removes the statement of a label from a queue's policy. Faults: QueueDoesNotExist; InvalidParameterValue. */
export const RemovePermission = sqs('RemovePermission', {
  target: ({ QueueUrl }, call) => findQueue(call, QueueUrl, 'own account'),
  access: (queue) => [{ action: 'sqs:RemovePermission', resource: queue }],
  run({ target: { queue }, input: { Label }, call }) {
    const policy = policyOf(queue)
    const Statement = policy.Statement.filter(({ Sid }) => Sid !== Label)
    if (Statement.length === policy.Statement.length)
      throw faults.parameter(Label, 'Label', "can't find label on existing policy.")
    putPolicy(call, queue, { ...policy, Statement })
    return {}
  },
})

function policyOf({ policy, arn }: QueueDocument): Policy {
  if (policy === undefined) return { Version: '2012-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [] }
  const read = JSON.parse(policy) as Policy // `storedPolicy` wrote it.
  return { ...read, Statement: [read.Statement].flat() }
}

function putPolicy(call: SqsCall, queue: QueueDocument, policy: Policy): void {
  const { policy: _, ...rest } = queue
  const text = policy.Statement.length === 0 ? undefined : JSON.stringify(policy)
  // Its principals are kept as they are: one that is gone by now keeps no other from being let in or out.
  if (text !== undefined) checkPolicy(text)
  call.queues.put(queue.name, {
    ...rest,
    modifiedAtMs: call.nowMs,
    ...(text !== undefined && { policy: text }),
  })
}

function rootArn({ partition }: SqsCall, text: string): string {
  const account = accountId(text)
  if (account === undefined) throw faults.parameter(text, 'PrincipalId', 'Unable to verify.')
  return arn({ partition, service: 'iam', region: '', account, resource: 'root' })
}
