import { parseArn } from '#core/arn.ts'
import { parsePolicy } from '#engines/policy/index.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

/** Which queues may use this one as their dead-letter queue. */
export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue'
  readonly sourceQueueArns?: readonly string[]
}

/** Reads a RedrivePolicy. Faults: InvalidAttributeValue. Source: SQS API Reference, SetQueueAttributes, RedrivePolicy. */
export function readRedrivePolicy(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount, ...more } = readObject('RedrivePolicy', text)
  // AWS takes the count as text too.
  const count = typeof maxReceiveCount === 'string' ? Number(maxReceiveCount) : maxReceiveCount
  const isCount =
    typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= quotas.receiveCountMax
  if (Object.keys(more).length > 0 || !isCount || typeof deadLetterTargetArn !== 'string') {
    throw faults.attributeValue(
      'RedrivePolicy',
      `Redrive policy has deadLetterTargetArn and maxReceiveCount (1 to ${quotas.receiveCountMax}).`,
    )
  }
  if (parseArn(deadLetterTargetArn)?.service !== 'sqs')
    throw faults.attributeValue('RedrivePolicy', 'deadLetterTargetArn is no ARN of a queue.')
  return { deadLetterTargetArn, maxReceiveCount: count }
}

/** Reads a RedriveAllowPolicy. Faults: InvalidAttributeValue. Source: SQS API Reference, SetQueueAttributes, RedriveAllowPolicy. */
export function readRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const { redrivePermission, sourceQueueArns, ...more } = readObject('RedriveAllowPolicy', text)
  const refuse = (reason: string) => faults.attributeValue('RedriveAllowPolicy', reason)
  if (Object.keys(more).length > 0) throw refuse('It has redrivePermission and sourceQueueArns.')
  if (redrivePermission === 'byQueue') {
    if (!isArns(sourceQueueArns))
      throw refuse(`byQueue needs 1 to ${quotas.redriveSources} sourceQueueArns of queues.`)
    return { redrivePermission, sourceQueueArns }
  }
  if (redrivePermission !== 'allowAll' && redrivePermission !== 'denyAll')
    throw refuse('redrivePermission is allowAll, denyAll or byQueue.')
  if (sourceQueueArns !== undefined) throw refuse('Only byQueue has sourceQueueArns.')
  return { redrivePermission }
}

function isArns(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= quotas.redriveSources &&
    value.every((one) => typeof one === 'string' && parseArn(one)?.service === 'sqs')
  )
}

function readObject(attribute: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>> // An object, as was just seen.
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw faults.attributeValue(attribute, 'It is no JSON object.')
}

/** Whether a text is a policy for a queue. Faults: InvalidAttributeValue. */
export function checkPolicy(text: string): void {
  const read = Buffer.byteLength(text) <= quotas.policyBytes ? parsePolicy(text, 'resource') : undefined
  if (!read) throw faults.attributeValue('Policy', `It is longer than ${quotas.policyBytes} bytes.`)
  if ('problems' in read) throw faults.attributeValue('Policy', read.problems[0].message)
}
