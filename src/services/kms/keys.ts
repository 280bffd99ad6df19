import type { Call } from '#core/call.ts'
import type { CreateKeyRequest, KeySpec, KeyUsageType } from '#models/kms.d.ts'
import { algorithmsOf, canBeMade, generateMaterial, keySpecs } from './cryptography/index.ts'
import { kms } from './declare.ts'
import type { KeyMaterial } from './documents.ts'
import { faults } from './faults.ts'
import { keyArn } from './find-key.ts'
import { callConditions } from './key-access.ts'
import { defaultPolicy, withPolicy } from './key-policy.ts'
import { isGone } from './key-states.ts'
import { keyMetadata } from './key-view.ts'
import { usageConditions } from './last-usage.ts'
import { newKey, newKeyId, newMaterial, symmetricSecret } from './new-key.ts'
import { onKey } from './on-key.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { storeForKey } from './store-keys.ts'
import { requestTags, withTags } from './tags.ts'

/** What CreateKey makes, once the request was found sensible. */
interface Kind {
  readonly spec: KeySpec
  readonly usage: KeyUsageType
  readonly origin: NonNullable<CreateKeyRequest['Origin']>
  readonly multiRegion: boolean
}

/** A new key's id with the material that was made for it. */
interface Made {
  readonly keyId: string
  readonly materials: readonly KeyMaterial[]
}

/**
 * Creates a key. Its material is made here unless its origin says otherwise, and never leaves.
 *
 * State: Enabled; PendingImport for the origin EXTERNAL.
 * Faults: ValidationException and UnsupportedOperationException for what does not go together; MalformedPolicyDocumentException;
 * TagException; LimitExceededException; for keys of an external key store also its faults.
 */
export const CreateKey = kms('CreateKey', {
  access(_, input, call) {
    const tags = requestTags(input.Tags)
    const creation = {
      action: 'kms:CreateKey',
      resource: '*',
      conditions: {
        ...callConditions(call),
        'kms:KeySpec': specOf(input),
        'kms:KeyUsage': input.KeyUsage ?? keySpecs[specOf(input)].defaultUsage,
        'kms:KeyOrigin': input.Origin ?? 'AWS_KMS',
        'kms:MultiRegion': String(input.MultiRegion ?? false),
        'kms:MultiRegionKeyType': input.MultiRegion ? 'PRIMARY' : undefined,
        'kms:BypassPolicyLockoutSafetyCheck': String(input.BypassPolicyLockoutSafetyCheck ?? false),
      },
      requestTags: tags,
    } as const
    // "To use this parameter, you must have kms:TagResource permission in an IAM policy": the key has no ARN yet.
    const tagging = {
      action: 'kms:TagResource',
      resource: { arn: keyArn(call, call, '*') },
      conditions: callConditions(call),
      requestTags: tags,
    }
    return input.Tags?.length ? [creation, tagging] : [creation]
  },

  /** Making a key pair takes time, and so does asking an external key store. */
  prepare({ input, call }): Made | Promise<Made> {
    const { spec, origin, multiRegion } = kindOf(input)
    const keyId = newKeyId(call, multiRegion)
    switch (origin) {
      case 'EXTERNAL':
      case 'AWS_CLOUDHSM':
        return { keyId, materials: [] }
      case 'EXTERNAL_KEY_STORE':
        return call.parts.external
          .check(call, storeForKey(call, input), input.XksKeyId ?? '')
          .then(() => symmetric(call, keyId))
      case 'AWS_KMS':
        return spec === 'SYMMETRIC_DEFAULT'
          ? symmetric(call, keyId)
          : generateMaterial(spec, call.randomBytes).then((secret) => ({
              keyId,
              materials: [newMaterial(call, keyId, secret)],
            }))
    }
  },

  run({ input, call, prepared: { keyId, materials } }) {
    const { spec, usage, origin, multiRegion } = kindOf(input)
    // Once more: another call may have taken the external key, or disconnected the key store, while the proxy was asked.
    if (origin === 'EXTERNAL_KEY_STORE') storeForKey(call, input)
    if (!call.keys.hasRoom(quotas.keys)) {
      throw faults.limit('The number of KMS keys would exceed the quota of this account and Region.')
    }
    const made = newKey(call, {
      keyId,
      spec,
      usage,
      origin,
      manager: 'CUSTOMER',
      description: input.Description ?? '',
      policy: defaultPolicy(call),
      tags: withTags({}, input.Tags),
      materials,
      multiRegion: multiRegion
        ? { type: 'PRIMARY', primaryRegion: call.region, replicaRegions: [] }
        : undefined,
      customKeyStoreId: input.CustomKeyStoreId,
      xksKeyId: input.XksKeyId,
    })
    const key = withPolicy(call, made, input)
    call.keys.put(keyId, key)
    return { KeyMetadata: keyMetadata(call, key) }
  },
})

/** Shows a key. A predefined alias (`alias/aws/…`) makes the key that AWS manages under it. */
export const DescribeKey = onKey('DescribeKey', {
  run: ({ key, call }) => ({ KeyMetadata: keyMetadata(call, key) }),
})

/** Lists the keys of the account and Region, sorted by id. */
export const ListKeys = kms('ListKeys', {
  access: () => [{ action: 'kms:ListKeys', resource: '*' }],
  run({ input, call }) {
    // Differs: nothing is shared through Resource Access Manager here, so other accounts' keys are none.
    if (input.ResourceOwners && !input.ResourceOwners.includes('SELF')) return { Keys: [], Truncated: false }
    const { items, info } = page(input, 100, (after, limit) =>
      call.keys.list({ after, limit, where: (key) => !isGone(key, call.nowMs) }),
    )
    return { Keys: items.map(({ document: { keyId, arn } }) => ({ KeyId: keyId, KeyArn: arn })), ...info }
  },
})

/** Changes a key's description. */
export const UpdateKeyDescription = onKey('UpdateKeyDescription', {
  run({ key, input: { Description }, call }) {
    call.keys.put(key.keyId, { ...key, description: Description })
    return {}
  },
})

/** Makes a disabled key usable again. */
export const EnableKey = onKey('EnableKey', {
  run({ key, call }) {
    call.keys.put(key.keyId, { ...key, enabled: true })
    return {}
  },
})

/** Makes a key refuse every use, from the next call on, until EnableKey. Calling it twice is no error. */
export const DisableKey = onKey('DisableKey', {
  access: (_, call, found) => ({ conditions: usageConditions(found, call) }),
  run({ key, call }) {
    call.keys.put(key.keyId, { ...key, enabled: false })
    return {}
  },
})

function specOf({ KeySpec, CustomerMasterKeySpec }: CreateKeyRequest): KeySpec {
  return KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
}

/**
 * What a request asks for, if it makes sense.
 * Source: KMS API Reference, CreateKey: KeyUsage, KeySpec, Origin, MultiRegion, CustomKeyStoreId, XksKeyId.
 */
function kindOf(input: CreateKeyRequest): Kind {
  const { KeySpec, CustomerMasterKeySpec, MultiRegion = false, CustomKeyStoreId, XksKeyId } = input
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    throw faults.invalid(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  const spec = specOf(input)
  const origin = input.Origin ?? 'AWS_KMS'
  const usage = input.KeyUsage ?? keySpecs[spec].defaultUsage
  if (!canBeMade(spec)) throw faults.unsupported(`KeySpec ${spec} is not supported in this Region.`)
  if (usage === undefined) {
    throw faults.invalid(
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    )
  }
  if (algorithmsOf(spec, usage).length === 0) {
    throw faults.invalid(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
  }
  if (origin === 'AWS_CLOUDHSM')
    throw faults.unsupported('Key stores backed by AWS CloudHSM hardware do not exist here.')
  if (origin === 'EXTERNAL_KEY_STORE') {
    if (spec !== 'SYMMETRIC_DEFAULT' || MultiRegion) {
      throw faults.unsupported(
        'Keys of an external key store are symmetric encryption keys of a single Region.',
      )
    }
    if (CustomKeyStoreId === undefined)
      throw faults.invalid('CustomKeyStoreId is required for the origin EXTERNAL_KEY_STORE.')
    if (XksKeyId === undefined)
      throw faults.invalid('XksKeyId is required for the origin EXTERNAL_KEY_STORE.')
  } else if (CustomKeyStoreId !== undefined || XksKeyId !== undefined) {
    throw faults.invalid(`CustomKeyStoreId and XksKeyId do not go with the origin ${origin}.`)
  }
  return { spec, usage, origin, multiRegion: MultiRegion }
}

function symmetric(call: Call, keyId: string): Made {
  return { keyId, materials: [newMaterial(call, keyId, symmetricSecret(call))] }
}
