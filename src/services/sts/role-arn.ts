import { accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { faults } from './faults.ts'

/**
 * Reads the ARN of a role that shall be assumed.
 * Faults: ValidationError for what is not the ARN of a role in this partition.
 */
export function readRoleArn(text: string, { partition }: Pick<Call, 'partition'>): Arn {
  const parts = parseArn(text)
  const isRole =
    parts?.partition === partition &&
    parts.service === 'iam' &&
    parts.region === '' &&
    accountId(parts.account) !== undefined &&
    /^role\/(?:[!-~]+\/)?[\w+=,.@-]+$/.test(parts.resource)
  if (!parts || !isRole) throw faults.invalidArn(text)
  return arn(parts)
}
