import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/events.d.ts'

const fault = faultsOf<Errors>()

/** Everything that EventBridge refuses, in one table. AWS's words where public issue trackers quote them, else our own. */
export const faults = {
  validation: (message: string) => fault('ValidationError', message),
  invalid: (parameter: string, reason: string) =>
    fault('ValidationError', `Parameter ${parameter} is not valid. Reason: ${reason}`),
  /** What AWS can and this cannot: refused, as it would have no effect. */
  unsupported: (parameter: string) =>
    fault('ValidationError', `Parameter ${parameter} is not supported: it would have no effect here.`),
  noSuchBus: (name: string) => fault('ResourceNotFoundException', `Event bus ${name} does not exist.`),
  noSuchRule: (name: string, bus: string) =>
    fault('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`),
  notFound: (what: string, name: string) =>
    fault('ResourceNotFoundException', `${what} '${name}' does not exist.`),
  exists: (what: string, name: string) =>
    fault('ResourceAlreadyExistsException', `${what} ${name} already exists.`),
  limit: () => fault('LimitExceededException', 'The requested resource exceeds the maximum number allowed.'),
  pattern: (reason: string) =>
    fault('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`),
  policyTooLong: (bytesMax: number) =>
    fault('PolicyLengthExceededException', `The policy of an event bus has ${bytesMax} bytes at most.`),
  noArchive: (name: string) => fault('ResourceNotFoundException', `Archive ${name} does not exist.`),
  noReplay: (name: string) => fault('ResourceNotFoundException', `Replay ${name} does not exist.`),
  replayState: (name: string) =>
    fault('IllegalStatusException', `Replay ${name} is not in a valid state for this operation.`),
  managed: (name: string) =>
    fault(
      'ManagedRuleException',
      `Rule ${name} is managed by an AWS service and can only be changed by that service.`,
    ),
} as const
