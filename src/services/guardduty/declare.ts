import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { type Access, operationsOf } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { PublishServiceEvent } from '#core/service-events.ts'
import type { TablesOf } from '#core/tables.ts'
import type { AnyDetector } from '#engines/detect/index.ts'
import type { Operations } from '#models/guardduty.d.ts'
import { destinations, detectors, filters, findings, invitations, lists, members } from './documents.ts'

/** What GuardDuty's operations need beside their call. */
export interface GuardDutyParts {
  /** Puts an event on the default bus. */
  readonly publish: PublishServiceEvent
  /** Asked whether GuardDuty may use a key. */
  readonly callAsService: CallAsService
  /** Those that run: their types of findings are known. */
  readonly running: readonly AnyDetector[]
}

const tables = { detectors, findings, filters, lists, destinations, members, invitations }

/** Declares an operation of GuardDuty. */
export const guardduty = operationsOf<Operations, GuardDutyParts>()('guardduty', tables, 'regional')

/** A call to GuardDuty. */
export type GuardDutyCall = Call & TablesOf<typeof tables> & { readonly parts: GuardDutyParts }

/** The name under which GuardDuty acts. */
export const principal = 'guardduty.amazonaws.com'

/** What an action needs on one thing. */
export function on(
  action: string,
  { arn, tags }: { readonly arn: Arn } & Pick<Resource, 'tags'>,
  more: Partial<Access> = {},
): Access {
  return { action: `guardduty:${action}`, resource: { arn, tags }, ...more }
}

/** Of the many operations that AWS authorizes on everything: the detector that they name is no resource of theirs. */
export function onAll(action: string, more: Partial<Access> = {}): readonly Access[] {
  return [{ action: `guardduty:${action}`, resource: '*', ...more }]
}
