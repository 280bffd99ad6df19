import { hashPassword, verifyPassword } from '#core/seal/index.ts'
import type { LoginProfile, PasswordPolicy } from './documents.ts'
import { faults } from './faults.ts'

/**
 * The policy of an account that has set none: eight characters of at least three of the four kinds.
 * Source: IAM User Guide, "Set an account password policy for IAM users", default password policy.
 */
const defaultLengthMin = 8
const defaultKindsMin = 3

/**
 * The kinds of characters that a policy can ask for.
 * Source: IAM User Guide, custom password policy options; IAM API Reference, UpdateAccountPasswordPolicy, RequireSymbols.
 */
const kinds = {
  requireUppercaseCharacters: /[A-Z]/,
  requireLowercaseCharacters: /[a-z]/,
  requireNumbers: /[0-9]/,
  requireSymbols: /[!@#$%^&*()_+\-=[\]{}|']/,
} as const satisfies Partial<Record<keyof PasswordPolicy, RegExp>>

/** Whether a password is as strong as the account asks. */
export function conforms(password: string, policy: PasswordPolicy | undefined): boolean {
  const rows = Object.entries(kinds) as [keyof typeof kinds, RegExp][] // entries forgets the keys' type.
  if (policy) {
    return (
      password.length >= policy.minimumPasswordLength &&
      rows.every(([required, kind]) => !policy[required] || kind.test(password))
    )
  }
  const present = rows.filter(([, kind]) => kind.test(password)).length
  return password.length >= defaultLengthMin && present >= defaultKindsMin
}

/** What a new password replaces: whose hashes it must differ from, as far back as the policy reaches. */
export type Replaced = Pick<LoginProfile, 'passwordHash' | 'earlierHashes'>

/** The hashes that the policy forbids to use again, newest first. */
export function rememberedHashes(replaced: Replaced, policy: PasswordPolicy | undefined): readonly string[] {
  return [replaced.passwordHash, ...replaced.earlierHashes].slice(0, policy?.passwordReusePrevention ?? 0)
}

/**
 * Hashes a new password that conforms to the policy.
 * Faults: PasswordPolicyViolationException when it is too weak, or used too recently.
 */
export async function hashConforming(
  password: string,
  policy: PasswordPolicy | undefined,
  randomBytes: (length: number) => Buffer,
  replaced?: Replaced,
): Promise<string> {
  if (!conforms(password, policy)) throw faults.weakPassword()
  const remembered = replaced ? rememberedHashes(replaced, policy) : []
  for (const hash of remembered) if (await verifyPassword(password, hash)) throw faults.weakPassword()
  return await hashPassword(password, randomBytes)
}

/** Whether a password is older than the policy lets passwords get. */
export function isExpired(
  { passwordChangedAtMs }: Pick<LoginProfile, 'passwordChangedAtMs'>,
  policy: PasswordPolicy | undefined,
  nowMs: number,
): boolean {
  const dayMs = 86_400_000
  return policy?.maxPasswordAge !== undefined && nowMs - passwordChangedAtMs > policy.maxPasswordAge * dayMs
}
