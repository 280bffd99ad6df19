import { onGroup } from './access.ts'
import { logs } from './declare.ts'
import { findEither } from './groups.ts'
import { makeDataKey, openDataKeys } from './keys.ts'

/**
 * Encrypts what is written to a group from now on, under a KMS key whose policy lets the service in. What was written before stays as it is.
 * Faults: AccessDeniedException where the key cannot be used.
 */
export const AssociateKmsKey = logs('AssociateKmsKey', {
  target: (input, call) => findEither(call, input),
  access: (group, _, call) => [onGroup(call, 'AssociateKmsKey', group)],
  async prepare({ target: group, input: { kmsKeyId }, call }) {
    const known = group.dataKeys.filter((one) => one.kmsKeyId === kmsKeyId)
    const usable = await openDataKeys(call.parts.callAsService, group, known)
    // Each reader opens all that a group has: there is one for each KMS key, however often that comes and goes.
    return (
      known.find(({ id }) => usable.has(id)) ??
      makeDataKey({ ...call.parts, randomBytes: call.randomBytes }, group, kmsKeyId)
    )
  },
  run({ target: group, input: { kmsKeyId }, call, prepared: dataKey }) {
    const others = group.dataKeys.filter(({ id }) => id !== dataKey.id)
    call.groups.put(group.name, { ...group, kmsKeyId, dataKeys: [...others, dataKey] })
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
