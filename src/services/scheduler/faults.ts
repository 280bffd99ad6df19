import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/scheduler.d.ts'

const fault = faultsOf<Errors>()

/** Everything that Scheduler refuses, in one table. AWS's words where public issue trackers quote them, else our own. */
export const faults = {
  invalid: (message: string) => fault('ValidationException', message),
  /** What AWS can and this cannot: refused, as it would have no effect. */
  unsupported: (parameter: string) =>
    fault('ValidationException', `Parameter ${parameter} is not supported: it would have no effect here.`),
  role: () =>
    fault(
      'ValidationException',
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    ),
  noSuchGroup: (name: string) => fault('ResourceNotFoundException', `Schedule group ${name} does not exist.`),
  noSuchSchedule: (name: string) => fault('ResourceNotFoundException', `Schedule ${name} does not exist.`),
  groupExists: (name: string) => fault('ConflictException', `Schedule group ${name} already exists.`),
  scheduleExists: (name: string) => fault('ConflictException', `Schedule ${name} already exists.`),
  groupGoes: (name: string) => fault('ConflictException', `Schedule group ${name} is being deleted.`),
  tokenTaken: () =>
    fault('ConflictException', 'The ClientToken is that of a call that asked for something else.'),
  quota: (what: string, max: number) =>
    fault('ServiceQuotaExceededException', `No more than ${max} ${what} are kept here.`),
} as const
