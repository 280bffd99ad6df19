import type { PasswordPolicy as ShownPasswordPolicy } from '#models/iam.d.ts'
import { iam, type PasswordPolicy, settingsId } from './documents.ts'
import { faults } from './faults.ts'

/** Source: IAM API Reference, UpdateAccountPasswordPolicy: six characters unless told. */
const lengthDefault = 6

/**
 * Sets the account's password policy as a whole: what the call leaves out goes back to its default.
 * State: new passwords are checked against it from then on; existing ones stay.
 */
export const UpdateAccountPasswordPolicy = iam('UpdateAccountPasswordPolicy', {
  access: () => [{ action: 'iam:UpdateAccountPasswordPolicy', resource: '*' }],
  run({ input, call }) {
    const passwordPolicy: PasswordPolicy = {
      minimumPasswordLength: input.MinimumPasswordLength ?? lengthDefault,
      requireSymbols: input.RequireSymbols ?? false,
      requireNumbers: input.RequireNumbers ?? false,
      requireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
      requireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
      allowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
      maxPasswordAge: input.MaxPasswordAge,
      passwordReusePrevention: input.PasswordReusePrevention,
      hardExpiry: input.HardExpiry,
    }
    call.accountSettings.put(settingsId, { ...call.accountSettings.get(settingsId), passwordPolicy })
    return {}
  },
})

/**
 * Shows the account's password policy.
 *
 * Faults: NoSuchEntityException when the account has set none and AWS's default holds.
 */
export const GetAccountPasswordPolicy = iam('GetAccountPasswordPolicy', {
  access: () => [{ action: 'iam:GetAccountPasswordPolicy', resource: '*' }],
  run({ call }) {
    const policy = call.accountSettings.get(settingsId)?.passwordPolicy
    if (!policy) throw faults.noPasswordPolicy(call.account)
    return { PasswordPolicy: shownPolicy(policy) }
  },
})

/**
 * Goes back to AWS's default password policy.
 *
 * Faults: NoSuchEntityException when the account has set none.
 */
export const DeleteAccountPasswordPolicy = iam('DeleteAccountPasswordPolicy', {
  access: () => [{ action: 'iam:DeleteAccountPasswordPolicy', resource: '*' }],
  run({ call }) {
    const settings = call.accountSettings.get(settingsId)
    if (!settings?.passwordPolicy) throw faults.noPasswordPolicy(call.account)
    call.accountSettings.put(settingsId, { ...settings, passwordPolicy: undefined })
    return {}
  },
})

function shownPolicy(policy: PasswordPolicy): ShownPasswordPolicy {
  return {
    MinimumPasswordLength: policy.minimumPasswordLength,
    RequireSymbols: policy.requireSymbols,
    RequireNumbers: policy.requireNumbers,
    RequireUppercaseCharacters: policy.requireUppercaseCharacters,
    RequireLowercaseCharacters: policy.requireLowercaseCharacters,
    AllowUsersToChangePassword: policy.allowUsersToChangePassword,
    ExpirePasswords: policy.maxPasswordAge !== undefined,
    MaxPasswordAge: policy.maxPasswordAge,
    PasswordReusePrevention: policy.passwordReusePrevention,
    HardExpiry: policy.hardExpiry,
  }
}
