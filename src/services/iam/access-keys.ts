import { newAccessKeyId } from '#core/access-key-id.ts'
import { accessKeySecret } from '#core/access-key-secret.ts'
import { arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { Missing, type Resource } from '#core/resource.ts'
import { newSecretAccessKey } from '#core/secret-access-key.ts'
import type { Table } from '#core/tables.ts'
import type { AccessKey as ShownAccessKey, AccessKeyMetadata } from '#models/iam.d.ts'
import { type AccessKeyDocument, iam, idOf, rootOwner, type User } from './documents.ts'
import { faults } from './faults.ts'
import { findUserOrCaller, iamArn } from './find.ts'
import { pageOf } from './paging.ts'
import { quotas } from './quotas.ts'

/** Whose keys: a user's, or the account's root user's. */
type Owner = User | Resource

/**
 * Makes an access key. This answer is the only time that its secret is shown; what is stored is sealed.
 *
 * Faults: LimitExceededException beyond two keys, inactive ones included.
 */
export const CreateAccessKey = iam('CreateAccessKey', {
  target: ({ UserName }, call): Owner | Missing => findOwner(call, UserName),
  access: (owner) => [{ action: 'iam:CreateAccessKey', resource: owner }],
  run({ target: owner, call }) {
    if (call.accessKeys.find('owner', ownerId(owner)).length >= quotas.accessKeysPerUser) {
      throw faults.quota('AccessKeysPerUser', quotas.accessKeysPerUser)
    }
    const accessKeyId = unusedKeyId(call)
    const secret = newSecretAccessKey(call.randomBytes)
    const key: AccessKeyDocument = {
      accessKeyId,
      userName: userNameOf(owner),
      active: true,
      sealedSecret: accessKeySecret.seal(call.seal, accessKeyId, secret),
      createdAtMs: call.nowMs,
    }
    call.accessKeys.put(accessKeyId, key)
    const shown = { ...shownKey(key), SecretAccessKey: secret }
    return { AccessKey: shown as ShownAccessKey } // The model calls UserName required; root has none.
  },
})

/** Lists the access keys of a user, or of whoever calls, without their secrets. */
export const ListAccessKeys = iam('ListAccessKeys', {
  target: ({ UserName }, call): Owner | Missing => findOwner(call, UserName),
  access: (owner) => [{ action: 'iam:ListAccessKeys', resource: owner }],
  run({ target: owner, input, call }) {
    const { items, info } = pageOf(input, call.accessKeys.find('owner', ownerId(owner)))
    return { AccessKeyMetadata: items.map(({ document }) => shownKey(document)), ...info }
  },
})

/**
 * Makes a key active or inactive; an inactive key signs nothing.
 *
 * Faults: NoSuchEntityException, also for another user's key; InvalidInputException for a status that only AWS sets.
 */
export const UpdateAccessKey = iam('UpdateAccessKey', {
  target: ({ UserName, AccessKeyId }, call) => findKey(call, UserName, AccessKeyId),
  access: ({ owner }) => [{ action: 'iam:UpdateAccessKey', resource: owner }],
  run({ target: { key }, input: { Status }, call }) {
    if (Status === 'Expired') throw faults.statusNotSettable(Status)
    call.accessKeys.put(key.accessKeyId, { ...key, active: Status === 'Active' })
    return {}
  },
})

/**
 * Deletes a key, which signs nothing from then on.
 *
 * Faults: NoSuchEntityException, also for another user's key.
 */
export const DeleteAccessKey = iam('DeleteAccessKey', {
  target: ({ UserName, AccessKeyId }, call) => findKey(call, UserName, AccessKeyId),
  access: ({ owner }) => [{ action: 'iam:DeleteAccessKey', resource: owner }],
  run({ target: { key }, call }) {
    call.accessKeys.delete(key.accessKeyId)
    call.accessKeyUses.delete(key.accessKeyId)
    return {}
  },
})

/**
 * Tells whose a key is and when it was last used; `N/A` for a key that never was.
 * Differs: a use shows up to a minute late (core/last-uses.ts).
 */
export const GetAccessKeyLastUsed = iam('GetAccessKeyLastUsed', {
  target({ AccessKeyId }, call) {
    const key = call.accessKeys.get(AccessKeyId)
    if (key) return { owner: ownerOf(call, key), key }
    // Nobody's key: only who may ask about every user is told so.
    const nobody = new Missing(iamArn(call, 'user', '/', '*'), faults.noSuchAccessKey(AccessKeyId))
    return { owner: nobody, key: nobody }
  },
  access: ({ owner }) => [{ action: 'iam:GetAccessKeyLastUsed', resource: owner }],
  run({ target: { key }, call }) {
    const use = call.accessKeyUses.get(key.accessKeyId)
    return {
      UserName: key.userName,
      AccessKeyLastUsed: {
        ...(use && { LastUsedDate: new Date(use.lastUsedAtMs) }),
        ServiceName: use?.serviceName ?? 'N/A',
        Region: use?.region ?? 'N/A',
      },
    }
  },
})

type KeyCall = Call & { readonly users: Table<User>; readonly accessKeys: Table<AccessKeyDocument> }

function findOwner(call: KeyCall, userName: string | undefined): Owner | Missing {
  if (userName === undefined && call.caller.kind === 'root') return rootOf(call)
  return findUserOrCaller(call, userName)
}

/** An id has 39 random bits: one that is a key's already is drawn again, lest the new key take that one's place. */
function unusedKeyId(call: KeyCall): string {
  const id = newAccessKeyId('AKIA', call.account, call.randomBytes)
  return call.accessKeys.get(id) === undefined ? id : unusedKeyId(call)
}

/** The key of an owner; a key of somebody else is as if it did not exist. */
function findKey(call: KeyCall, userName: string | undefined, accessKeyId: string) {
  const owner = findOwner(call, userName)
  if (owner instanceof Missing) return { owner, key: owner }
  const key = call.accessKeys.get(accessKeyId)
  if (key && ownerIdOfKey(key) === ownerId(owner)) return { owner, key }
  return { owner, key: new Missing(owner.arn, faults.noSuchAccessKey(accessKeyId)) }
}

function ownerOf(call: KeyCall, { userName }: AccessKeyDocument): Owner | Missing {
  return userName === undefined ? rootOf(call) : findUserOrCaller(call, userName)
}

function rootOf({ partition, account }: Call): Resource {
  return { arn: arn({ partition, service: 'iam', region: '', account, resource: 'root' }) }
}

function userNameOf(owner: Owner): string | undefined {
  return 'userName' in owner ? owner.userName : undefined
}

function ownerId(owner: Owner): string {
  return 'userName' in owner ? idOf(owner.userName) : rootOwner
}

function ownerIdOfKey({ userName }: AccessKeyDocument): string {
  return userName === undefined ? rootOwner : idOf(userName)
}

function shownKey({ userName, accessKeyId, active, createdAtMs }: AccessKeyDocument): AccessKeyMetadata {
  return {
    ...(userName !== undefined && { UserName: userName }),
    AccessKeyId: accessKeyId,
    Status: active ? 'Active' : 'Inactive',
    CreateDate: new Date(createdAtMs),
  }
}
