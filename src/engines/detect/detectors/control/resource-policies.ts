import { type Strangers, strangersIn } from '../../reading/policy.ts'
import { items, text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { FindingFacts, RemediationStep } from '../../signal.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

/** A resource with a policy of its own: where a call has it, and how it is taken back. */
interface Kind {
  /** As finding types spell it, and as sentences do. */
  readonly names: readonly [type: string, noun: string]
  readonly events: readonly string[]
  readonly policyAt: readonly string[]
  readonly nameAt: readonly string[]
  /** Where a call adds accounts to the policy by their ids. */
  readonly accountsAt?: readonly string[]
  readonly remediation: readonly RemediationStep[]
  /** Whether the call sets the policy, where it can set other things too. */
  readonly isOfPolicy?: (record: CloudTrailRecord) => boolean
}

/** Source: API References of KMS, Secrets Manager, SQS, SNS, ECR. */
const kinds: readonly Kind[] = [
  {
    names: ['KMS/Key', 'key'],
    events: ['kms:PutKeyPolicy', 'kms:CreateKey'],
    policyAt: ['policy'],
    nameAt: ['keyId'],
    remediation: undo(
      'Let the own account alone use it.',
      `aws kms put-key-policy --key-id {resource} --policy-name default --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"'{accountId}'"},"Action":"kms:*","Resource":"*"}]}' --region {region}`,
    ),
  },
  {
    names: ['SecretsManager/Secret', 'secret'],
    events: ['secretsmanager:PutResourcePolicy'],
    policyAt: ['resourcePolicy'],
    nameAt: ['secretId'],
    remediation: undo(
      'Remove the policy, and rotate the secret.',
      'aws secretsmanager delete-resource-policy --secret-id {resource} --region {region}',
    ),
  },
  {
    names: ['SQS/Queue', 'queue'],
    events: ['sqs:SetQueueAttributes', 'sqs:CreateQueue', 'sqs:AddPermission'],
    accountsAt: ['aWSAccountIds'],
    policyAt: ['attributes', 'Policy'],
    nameAt: ['queueUrl'],
    remediation: undo(
      'Remove the policy.',
      `aws sqs set-queue-attributes --queue-url {resource} --attributes '{"Policy":""}' --region {region}`,
    ),
  },
  {
    names: ['SNS/Topic', 'topic'],
    events: ['sns:SetTopicAttributes', 'sns:AddPermission'],
    accountsAt: ['aWSAccountId'],
    policyAt: ['attributeValue'],
    nameAt: ['topicArn'],
    isOfPolicy: ({ requestParameters }) =>
      (text(requestParameters, 'attributeName') ?? 'Policy') === 'Policy',
    remediation: undo(
      'Let the own account alone use it.',
      `aws sns set-topic-attributes --topic-arn {resource} --attribute-name Policy --attribute-value '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"'{accountId}'"},"Action":["sns:Publish","sns:Subscribe"],"Resource":"'{resource}'"}]}' --region {region}`,
    ),
  },
  {
    names: ['ECR/Repository', 'repository'],
    events: ['ecr:SetRepositoryPolicy'],
    policyAt: ['policyText'],
    nameAt: ['repositoryName'],
    remediation: undo(
      'Remove the policy.',
      'aws ecr delete-repository-policy --repository-name {resource} --region {region}',
    ),
  },
]

const severities = { foreign: 6, everyone: 7 } as const

/** A resource's policy lets in everyone, or a foreign account. Source: IAM User Guide, "AWS JSON policy elements: Principal". */
export const resourcePolicies = kinds.map((kind) => {
  const [name, noun] = kind.names
  const [everyone, foreign] = [`Policy:${name}PublicAccessGranted`, `Exfiltration:${name}SharedExternally`]
  return callDetector({
    name: `${noun}-policies`,
    events: kind.events,
    finds: {
      [everyone]: facts(kind, severities.everyone, 'everyone'),
      [foreign]: facts(kind, severities.foreign, 'a foreign account'),
    },
    see(record, isOwn) {
      if (kind.isOfPolicy && !kind.isOfPolicy(record)) return undefined
      const strangers = strangersOf(record, kind, isOwn)
      const resource = nameOf(record, kind)
      if (strangers.everyone) return { type: everyone, about: resource, values: { resource } }
      const [foreignAccount] = strangers.accounts
      if (foreignAccount === undefined) return undefined
      return { type: foreign, about: resource, values: { resource, foreignAccount } }
    },
  })
})

function facts({ names: [, noun], remediation }: Kind, severity: number, whom: string): FindingFacts {
  return {
    severity,
    title: `The ${noun} {resource} was opened to ${whom}.`,
    description: `{userName} called {api}: the policy of the ${noun} {resource} lets in ${whom}.`,
    remediation,
  }
}

/** By the policy itself, or by ids that are added to it. */
function strangersOf(
  { requestParameters }: CloudTrailRecord,
  { policyAt, accountsAt = [] }: Kind,
  isOwn: (account: string) => boolean,
): Strangers {
  const added = accountsAt.length === 0 ? [] : items(requestParameters, ...accountsAt)
  const document = value(requestParameters, ...policyAt)
  return strangersIn(document ?? { Statement: { Effect: 'Allow', Principal: { AWS: added } } }, isOwn)
}

/** What is created has its name in the answer. */
function nameOf({ requestParameters, responseElements }: CloudTrailRecord, { nameAt }: Kind): string {
  return (
    text(requestParameters, ...nameAt) ??
    text(responseElements, ...nameAt) ??
    text(responseElements, 'keyMetadata', ...nameAt) ??
    ''
  )
}
