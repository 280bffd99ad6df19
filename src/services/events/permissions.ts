import { hasStatement, storedPolicy, withoutStatement, withStatement } from './bus-policy.ts'
import { putBus } from './buses.ts'
import { events, on } from './declare.ts'
import { faults } from './faults.ts'
import { findOwnBus } from './find.ts'

/**
 * Lets others put events onto a bus: by one statement, or by a whole policy. It holds from the next call on.
 *
 * Faults: ResourceNotFoundException; ValidationException for what is no policy; PolicyLengthExceededException.
 */
export const PutPermission = events('PutPermission', {
  target: ({ EventBusName }, call) => findOwnBus(call, EventBusName),
  access: (bus) => [on('PutPermission', bus)],
  run({ target: { bus }, input, call }) {
    const text = input.Policy ?? withStatement(call, { busArn: bus.arn, policy: bus.policy, input })
    putBus(call, { ...bus, policy: storedPolicy(call, text) })
    return {}
  },
})

/** Takes a statement out of a bus' policy, or all of them. Faults: ResourceNotFoundException, also where there is none. */
export const RemovePermission = events('RemovePermission', {
  target: ({ EventBusName }, call) => findOwnBus(call, EventBusName),
  access: (bus) => [on('RemovePermission', bus)],
  run({ target: { bus }, input: { StatementId, RemoveAllPermissions = false }, call }) {
    if (!RemoveAllPermissions && StatementId === undefined)
      throw faults.validation('Parameter StatementId or RemoveAllPermissions must be specified.')
    if (!RemoveAllPermissions && !hasStatement(bus.policy, StatementId ?? ''))
      throw faults.notFound('Statement', StatementId ?? '')
    const policy = RemoveAllPermissions ? undefined : withoutStatement(bus.policy, StatementId ?? '')
    putBus(call, { ...bus, policy })
    return {}
  },
})
