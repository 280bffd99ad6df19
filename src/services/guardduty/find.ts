import { type Arn, arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { GuardDutyCall } from './declare.ts'
import type { DetectorDocument } from './documents.ts'
import { faults } from './faults.ts'

/** Source: AWS service reference, guardduty, detector and what is below it. */
export function detectorArn(
  { partition, region, account }: Pick<Call, 'partition' | 'region' | 'account'>,
  ...path: readonly string[]
): Arn {
  return arn({ partition, service: 'guardduty', region, account, resource: `detector/${path.join('/')}` })
}

/** The detector of that id, in the caller's account and Region. */
export function findDetector(call: GuardDutyCall, id: string): DetectorDocument | Missing {
  return call.detectors.get(id) ?? new Missing(detectorArn(call, id), faults.noDetector())
}

/** 32 hexadecimal digits, as GuardDuty's ids are. */
export function newId(randomBytes: Call['randomBytes']): string {
  return randomBytes(16).toString('hex')
}
