import { onGroup } from './access.ts'
import { logs } from './declare.ts'
import { findEither } from './groups.ts'
import { makeDataKey } from './keys.ts'

/**
 * Encrypts what is written to a group from now on, under a KMS key whose policy lets the service in. What was written before stays as it is.
 * Faults: AccessDeniedException where the key cannot be used.
 */
export const AssociateKmsKey = logs('AssociateKmsKey', {
  target: (input, call) => findEither(call, input),
  access: (group, _, call) => [onGroup(call, 'AssociateKmsKey', group)],
  prepare: ({ target: group, input: { kmsKeyId }, call }) =>
    makeDataKey({ ...call.parts, randomBytes: call.randomBytes }, group, kmsKeyId),
  run({ target: group, input: { kmsKeyId }, call, prepared: dataKey }) {
    call.groups.put(group.name, { ...group, kmsKeyId, dataKeys: [...group.dataKeys, dataKey] })
    return {}
  },
})

/** Ends that. What was encrypted stays so, and needs the key. */
export const DisassociateKmsKey = logs('DisassociateKmsKey', {
  target: (input, call) => findEither(call, input),
  access: (group, _, call) => [onGroup(call, 'DisassociateKmsKey', group)],
  run({ target: group, call }) {
    call.groups.put(group.name, { ...group, kmsKeyId: undefined })
    return {}
  },
})
