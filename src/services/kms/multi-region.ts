import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { ReplicateKeyRequest } from '#models/kms.d.ts'
import { connectionOf } from './connection.ts'
import { kms, type KmsCall } from './declare.ts'
import { type KeyDocument, keys } from './documents.ts'
import { faults } from './faults.ts'
import { type FoundKey, keyArn, keyAt, missingKey } from './find-key.ts'
import { destroyed, isImported } from './imported-rotation.ts'
import { callConditions, findKey, foundKey, keyAccess } from './key-access.ts'
import { defaultPolicy, shownPolicy, withPolicy } from './key-policy.ts'
import { assertAllowed, isGone, stateOf } from './key-states.ts'
import { keyMetadata } from './key-view.ts'
import { assertUsable } from './on-key.ts'
import { quotas } from './quotas.ts'
import { putMembership, relatedKeys } from './related-keys.ts'
import { removeKey } from './removal.ts'
import { requestTags, tagList, withTags } from './tags.ts'

/**
 * Makes a replica of a multi-Region primary key in another region: a key of the same id and material, with its own policy, tags,
 * description, aliases and grants. Leave is needed on the primary key, and to create keys (and tag them) in the replica's region.
 *
 * State: Enabled at once; of imported material PendingImport, until the same was imported there.
 * Faults: UnsupportedOperationException for other keys; AlreadyExistsException for a region that has one of the set;
 * MalformedPolicyDocumentException; TagException; LimitExceededException; what the key's state says.
 * Differs: a replica is never seen in the state Creating.
 */
export const ReplicateKey = kms('ReplicateKey', {
  target: ({ KeyId }, call) => findKey(call, { operation: 'ReplicateKey', keyId: KeyId }),
  access: (found, input, call) => [
    keyAccess(call, found, 'ReplicateKey', { 'kms:ReplicaRegion': input.ReplicaRegion }),
    ...creation(call, found, input),
  ],
  run({ target, input, call }) {
    const { key } = target
    const { multiRegion } = key
    if (multiRegion?.type !== 'PRIMARY') throw faults.notPrimary(key.arn)
    assertUsable(call, target, 'ReplicateKey')

    const { ReplicaRegion: region } = input
    const there = { account: key.account, region }
    const arn = keyArn(call, there, key.keyId)
    const standing = call.tx.get(keys, there, key.keyId)
    if (standing && !isGone(standing, call.nowMs)) throw faults.keyExists(arn)
    if (standing) removeKey(call.tx, standing, call.nowMs)
    if (!call.tx.requireRoom(keys, there, quotas.keys)) {
      throw faults.limit('The number of KMS keys would exceed the quota of this account and Region.')
    }

    const bare: KeyDocument = {
      ...key,
      arn,
      region,
      createdAtMs: call.nowMs,
      description: input.Description ?? '',
      policy: defaultPolicy(call),
      tags: withTags({}, input.Tags),
      enabled: true,
      materials: isImported(key) ? key.materials.map(destroyed) : key.materials,
      multiRegion: { ...multiRegion, type: 'REPLICA' },
    }
    const replica = withPolicy(inRegion(call, region), bare, input)
    const { primaryRegion } = multiRegion
    const others = multiRegion.replicaRegions.filter((one) => one !== region)
    const replicaRegions = [...others, region]
    putMembership(call.tx, [key, replica, ...relatedIn(call, key, others)], { primaryRegion, replicaRegions })
    const made = call.tx.get(keys, there, key.keyId) ?? replica
    return {
      ReplicaKeyMetadata: keyMetadata(call, made),
      ReplicaPolicy: shownPolicy(call, made.policy),
      ReplicaTags: tagList(made.tags),
    }
  },
})

/**
 * Makes a replica the primary key of its set, and the primary key a replica. Leave is needed on both.
 *
 * Faults: UnsupportedOperationException for a key that is no primary one; NotFoundException for a region without a replica;
 * DisabledException and KMSInvalidStateException unless both are Enabled.
 * Differs: keys are never seen in the state Updating.
 */
export const UpdatePrimaryRegion = kms('UpdatePrimaryRegion', {
  target({ KeyId, PrimaryRegion }, call) {
    const primary = findKey(call, { operation: 'UpdatePrimaryRegion', keyId: KeyId })
    return { primary, replica: replicaIn(call, primary, PrimaryRegion) }
  },
  access({ primary, replica }, { PrimaryRegion: region }, call) {
    const asked = { 'kms:PrimaryRegion': region }
    return [
      keyAccess(call, primary, 'UpdatePrimaryRegion', asked),
      { ...keyAccess(call, replica, 'UpdatePrimaryRegion', asked), region },
    ]
  },
  run({ target: { primary, replica }, call }) {
    const { key } = primary
    if (!key.multiRegion) throw faults.notPrimary(key.arn)
    assertUsable(call, primary, 'UpdatePrimaryRegion')
    const next = replica.key
    assertAllowed('UpdatePrimaryRegion', next, stateOf(next, call.nowMs, connectionOf(call)))
    if (next.region === key.region) throw faults.invalid(`${next.region} is the primary Region already.`)
    const replicaRegions = [
      ...key.multiRegion.replicaRegions.filter((one) => one !== next.region),
      key.region,
    ]
    const members = [key, ...relatedKeys(call.tx, key)]
    putMembership(call.tx, members, { primaryRegion: next.region, replicaRegions })
    return {}
  },
})

/**
 * What making the replica needs beside the primary key's leave.
 * Source: KMS API Reference, ReplicateKey: "kms:CreateKey in an IAM policy in the replica Region", and kms:TagResource for tags.
 */
function creation(
  call: KmsCall,
  found: FoundKey | Missing,
  { ReplicaRegion: region, Tags, BypassPolicyLockoutSafetyCheck: bypass = false }: ReplicateKeyRequest,
): readonly Access[] {
  const key = found instanceof Missing ? undefined : found.key
  const tags = requestTags(Tags)
  const creating: Access = {
    action: 'kms:CreateKey',
    resource: '*',
    region,
    conditions: {
      ...callConditions(call),
      'kms:KeySpec': key?.spec,
      'kms:KeyUsage': key?.usage,
      'kms:KeyOrigin': key?.origin,
      'kms:MultiRegion': 'true',
      'kms:MultiRegionKeyType': 'REPLICA',
      'kms:BypassPolicyLockoutSafetyCheck': String(bypass),
    },
    requestTags: tags,
  }
  const tagging: Access = {
    action: 'kms:TagResource',
    resource: { arn: keyArn(call, { account: call.account, region }, '*') },
    region,
    conditions: callConditions(call),
    requestTags: tags,
  }
  return Tags?.length ? [creating, tagging] : [creating]
}

/** A replica that is to become the primary key; who may not move its set is not told whether there is one. */
function replicaIn(call: KmsCall, primary: FoundKey | Missing, region: string): FoundKey | Missing {
  // Its ARN names the key, or where it would be.
  const keyId = primary.arn.slice(primary.arn.lastIndexOf('/') + 1)
  const place = { account: call.account, region }
  const absent = missingKey(call, place, keyId)
  if (primary instanceof Missing) return absent
  if (primary.key.multiRegion?.type !== 'PRIMARY')
    return new Missing(absent.arn, faults.notPrimary(primary.arn))
  const key = keyAt(call, place, keyId)
  return key ? foundKey(call, key, 'UpdatePrimaryRegion') : absent
}

function relatedIn(call: KmsCall, key: KeyDocument, regions: readonly string[]): readonly KeyDocument[] {
  return relatedKeys(call.tx, key).filter(({ region }) => regions.includes(region))
}

/** The call as if it had been made in another region, its tables too. */
function inRegion(call: KmsCall, region: string): KmsCall {
  return Object.create(call, { region: { value: region, enumerable: true } }) as KmsCall // One in all else.
}
