import type { Arn } from '#core/arn.ts'
import type { Access } from '#core/operation.ts'
import type { LogsCall } from './declare.ts'

/**
 * What tags of a group need besides, that make its events records for detection, say how they are read, or end that: who may not change
 * detection would otherwise write records of calls that nobody made, and have findings about others.
 */
export function recordSourceAccess(
  { partition, region, account }: LogsCall,
  tagKeys: readonly string[],
): readonly Access[] {
  if (!tagKeys.some((key) => key.startsWith('redoubt:'))) return []
  // Whichever detector the account has, or will have.
  const detectors = `arn:${partition}:guardduty:${region}:${account}:detector/*` as Arn
  return [{ action: 'guardduty:UpdateDetector', resource: { arn: detectors } }]
}
