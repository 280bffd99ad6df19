import { verifyPassword } from '#core/seal/index.ts'
import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import type { LoginProfile as ShownLoginProfile } from '#models/iam.d.ts'
import { type AccountSettings, iam, idOf, type LoginProfile, settingsId, type User } from './documents.ts'
import { faults } from './faults.ts'
import { findUser, findUserOrCaller } from './find.ts'
import { hashConforming, isExpired, rememberedHashes } from './passwords.ts'

/**
 * Gives a user a password for the console.
 *
 * Faults: EntityAlreadyExistsException; PasswordPolicyViolationException.
 */
export const CreateLoginProfile = iam('CreateLoginProfile', {
  target: ({ UserName }, call) => findUserOrCaller(call, UserName),
  access: (user) => [{ action: 'iam:CreateLoginProfile', resource: user }],
  async prepare({ input: { Password }, call }) {
    if (Password === undefined) throw faults.passwordNeeded()
    return await hashConforming(Password, passwordPolicy(call), call.randomBytes)
  },
  run({ target: { userName }, input: { PasswordResetRequired = false }, call, prepared: passwordHash }) {
    if (call.loginProfiles.get(idOf(userName))) throw faults.loginProfileExists(userName)
    const profile: LoginProfile = {
      userName,
      passwordHash,
      createdAtMs: call.nowMs,
      passwordResetRequired: PasswordResetRequired,
      earlierHashes: [],
      passwordChangedAtMs: call.nowMs,
    }
    call.loginProfiles.put(idOf(userName), profile)
    return { LoginProfile: shownProfile(profile) }
  },
})

/** Tells whether a user, or whoever calls, has a password. */
export const GetLoginProfile = iam('GetLoginProfile', {
  target: ({ UserName }, call) => findProfile(call, findUserOrCaller(call, UserName)),
  access: ({ user }) => [{ action: 'iam:GetLoginProfile', resource: user }],
  run: ({ target: { profile } }) => ({ LoginProfile: shownProfile(profile) }),
})

/**
 * Sets a user's password, or whether the user must change it at the next sign-in.
 *
 * Faults: PasswordPolicyViolationException; EntityTemporarilyUnmodifiableException when somebody else is changing it.
 */
export const UpdateLoginProfile = iam('UpdateLoginProfile', {
  target: ({ UserName }, call) => findProfile(call, findUser(call, UserName)),
  access: ({ user }) => [{ action: 'iam:UpdateLoginProfile', resource: user }],
  async prepare({ target: { profile }, input: { Password }, call }) {
    if (Password === undefined) return undefined
    return {
      replaced: profile,
      hash: await hashConforming(Password, passwordPolicy(call), call.randomBytes, profile),
    }
  },
  run({ target: { profile }, input: { PasswordResetRequired }, call, prepared }) {
    const changed = prepared ? withPassword(call, profile, prepared) : profile
    call.loginProfiles.put(idOf(profile.userName), {
      ...changed,
      passwordResetRequired: PasswordResetRequired ?? profile.passwordResetRequired,
    })
    return {}
  },
})

/** Takes a user's password away. Sessions and access keys stay. */
export const DeleteLoginProfile = iam('DeleteLoginProfile', {
  target: ({ UserName }, call) => findProfile(call, findUserOrCaller(call, UserName)),
  access: ({ user }) => [{ action: 'iam:DeleteLoginProfile', resource: user }],
  run({ target: { profile }, call }) {
    call.loginProfiles.delete(idOf(profile.userName))
    return {}
  },
})

/**
 * Changes the caller's own password.
 *
 * Faults: InvalidUserTypeException for anybody but a user; AccessDenied when the old password is wrong, or has expired under a
 * policy with hard expiry; PasswordPolicyViolationException.
 * Differs: `AllowUsersToChangePassword` allows the console's form only; here a policy must allow iam:ChangePassword.
 */
export const ChangePassword = iam('ChangePassword', {
  target(_, call) {
    if (call.caller.kind !== 'user') throw faults.notAUser()
    return findProfile(call, findUser(call, call.caller.userName))
  },
  access: ({ user }) => [{ action: 'iam:ChangePassword', resource: user }],
  async prepare({ target: { profile }, input: { OldPassword, NewPassword }, call }) {
    const policy = passwordPolicy(call)
    if (!(await verifyPassword(OldPassword, profile.passwordHash))) throw faults.wrongPassword()
    if (policy?.hardExpiry && isExpired(profile, policy, call.nowMs)) throw faults.passwordExpired()
    return { replaced: profile, hash: await hashConforming(NewPassword, policy, call.randomBytes, profile) }
  },
  run({ target: { profile }, call, prepared }) {
    const changed = withPassword(call, profile, prepared)
    call.loginProfiles.put(idOf(profile.userName), { ...changed, passwordResetRequired: false })
    return {}
  },
})

interface NewPassword {
  /** The profile that the new password was checked against. */
  readonly replaced: LoginProfile
  readonly hash: string
}

/** The profile with its new password. What it was checked against must still be what is stored. */
function withPassword(
  call: ProfileCall,
  profile: LoginProfile,
  { replaced, hash }: NewPassword,
): LoginProfile {
  if (profile.passwordHash !== replaced.passwordHash) throw faults.passwordChanging(profile.userName)
  return {
    ...profile,
    passwordHash: hash,
    passwordChangedAtMs: call.nowMs,
    earlierHashes: rememberedHashes(profile, passwordPolicy(call)),
  }
}

type ProfileCall = Call & {
  readonly loginProfiles: Table<LoginProfile>
  readonly accountSettings: Table<AccountSettings>
}

function findProfile(call: ProfileCall, user: User | Missing) {
  if (user instanceof Missing) return { user, profile: user }
  const profile = call.loginProfiles.get(idOf(user.userName))
  return { user, profile: profile ?? new Missing(user.arn, faults.noSuchLoginProfile(user.userName)) }
}

function passwordPolicy(call: ProfileCall) {
  return call.accountSettings.get(settingsId)?.passwordPolicy
}

function shownProfile({ userName, createdAtMs, passwordResetRequired }: LoginProfile): ShownLoginProfile {
  return {
    UserName: userName,
    CreateDate: new Date(createdAtMs),
    PasswordResetRequired: passwordResetRequired,
  }
}
