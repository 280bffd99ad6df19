import { accountId } from '#core/arn.ts'
import { type SnsCall, sns } from './declare.ts'
import type { TopicDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findTopic } from './find-topic.ts'
import { checkPolicy, rootArn, shareable } from './topic-policy.ts'

interface Policy {
  readonly Statement: readonly { readonly Sid?: string }[]
}

/** Adds a statement that lets accounts in to a topic's policy. Faults: NotFound; InvalidParameter. */
export const AddPermission = sns('AddPermission', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource) => [{ action: 'sns:AddPermission', resource }],
  run({ target: { topic }, input: { Label, AWSAccountId, ActionName }, call }) {
    const policy = policyOf(topic)
    if (policy.Statement.some(({ Sid }) => Sid === Label))
      throw faults.parameter('Label', 'Statement already exists')
    for (const action of ActionName)
      if (!shareable.includes(action))
        throw faults.parameter('ActionName', `${action} is no action of a topic's policy`)
    const accounts = AWSAccountId.map((text) => {
      const account = accountId(text)
      if (account === undefined) throw faults.parameter('AWSAccountId', `${text} is no account id`)
      return rootArn(call, account)
    })
    if (accounts.length === 0 || ActionName.length === 0)
      throw faults.parameter('ActionName', 'Accounts and actions are needed')
    const added = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: accounts },
      Action: ActionName.map((action) => `SNS:${action}`),
      Resource: topic.arn,
    }
    put(call, topic, { ...policy, Statement: [...policy.Statement, added] })
    return {}
  },
})

/** Removes the statement of a label from a topic's policy. Faults: NotFound; InvalidParameter. */
export const RemovePermission = sns('RemovePermission', {
  target: ({ TopicArn }, call) => findTopic(call, TopicArn),
  access: (resource) => [{ action: 'sns:RemovePermission', resource }],
  run({ target: { topic }, input: { Label }, call }) {
    const policy = policyOf(topic)
    const Statement = policy.Statement.filter(({ Sid }) => Sid !== Label)
    if (Statement.length === 0) throw faults.parameter('Label', 'A policy has at least one statement')
    put(call, topic, { ...policy, Statement })
    return {}
  },
})

function policyOf({ policy }: TopicDocument): Policy {
  const read = JSON.parse(policy) as Policy // `storedPolicy` or `defaultPolicy` wrote it.
  return { ...read, Statement: [read.Statement].flat() }
}

/** Principals stay as they are kept: one that is gone by now keeps no other from being let in or out. */
function put(call: SnsCall, topic: TopicDocument, policy: Policy): void {
  const text = JSON.stringify(policy)
  checkPolicy(text)
  call.topics.in(topic.account).put(topic.name, { ...topic, policy: text })
}
