import type { CloudTrailRecord } from '../../records.ts'
import { text } from '../../reading/values.ts'

/** The name of the function that a call is about: it may be given as a name, an ARN, or a part of one. */
export function functionOf({ requestParameters }: CloudTrailRecord): string {
  const given = text(requestParameters, 'functionName') ?? ''
  const parts = given.split(':', 8)
  if (given.startsWith('arn:')) return parts[6] ?? ''
  return parts[1] === 'function' ? (parts[2] ?? '') : (parts[0] ?? '')
}
