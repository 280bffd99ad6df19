import { accessKeySecret } from '#core/access-key-secret.ts'
import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import type { CertificateUses } from '#core/certificates.ts'
import { operationsOf } from '#core/operation.ts'
import { sealedText } from '#core/seal/index.ts'
import { collection } from '#core/store/index.ts'
import type { CertificateFacts } from '#core/x509/index.ts'
import type { Operations } from '#models/iam.d.ts'

// What IAM stores. Names are unique without regard to case, so a document's id is its name in lower case.

/** What users, groups and roles have in common: where their permissions come from. */
export interface PolicyHolder {
  readonly arn: Arn
  readonly path: string
  readonly createdAtMs: number
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attached: readonly Arn[]
  /** Inline policy texts by name. */
  readonly inline: Readonly<Record<string, string>>
}

export interface User extends PolicyHolder {
  readonly userName: string
  readonly userId: string
  readonly tags: Tags
  readonly boundary?: Arn | undefined
  /** Names of the groups that the user is in. */
  readonly groups: readonly string[]
  readonly passwordLastUsedAtMs?: number | undefined
}

export interface Group extends PolicyHolder {
  readonly groupName: string
  readonly groupId: string
}

export interface Role extends PolicyHolder {
  readonly roleName: string
  readonly roleId: string
  readonly description?: string | undefined
  readonly maxSessionSeconds: number
  readonly tags: Tags
  readonly boundary?: Arn | undefined
  /** The trust policy, its principals written as unique ids where AWS does so. */
  readonly trustPolicy: string
  /** The service that a service-linked role belongs to. */
  readonly linkedService?: string | undefined
}

export interface InstanceProfile {
  readonly arn: Arn
  readonly path: string
  readonly instanceProfileName: string
  readonly instanceProfileId: string
  readonly createdAtMs: number
  readonly roleName?: string | undefined
  readonly tags: Tags
}

/** A certificate for servers. */
export interface ServerCertificateDocument {
  readonly arn: Arn
  readonly path: string
  readonly serverCertificateName: string
  readonly serverCertificateId: string
  readonly facts: CertificateFacts
  /** PEM. */
  readonly certificate: string
  /** PEM, from the issuer on. */
  readonly chain?: string | undefined
  /** A `serverCertificateKey`. */
  readonly sealedPrivateKey: string
  readonly uploadedAtMs: number
  readonly tags: Tags
}

/** The private key of a server certificate in PEM; its owner is the certificate's unique id, which outlives its name. */
export const serverCertificateKey = sealedText('server-certificate', (id) => id)

export interface PolicyVersion {
  readonly versionId: string
  readonly createdAtMs: number
  readonly text: string
}

/** A customer managed policy; AWS's own come from data/managed-policies. */
export interface ManagedPolicy {
  readonly arn: Arn
  readonly path: string
  readonly policyName: string
  readonly policyId: string
  readonly description?: string | undefined
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly tags: Tags
  readonly defaultVersionId: string
  /** The number of the next version; numbers are never used twice. */
  readonly nextVersion: number
  readonly versions: readonly PolicyVersion[]
}

/** A long-term access key; the id of the document is the access key id. */
export interface AccessKeyDocument {
  readonly accessKeyId: string
  /** Undefined for a key of the root user. */
  readonly userName?: string | undefined
  readonly active: boolean
  /** An `accessKeySecret`. */
  readonly sealedSecret: string
  readonly createdAtMs: number
}

/** The last use of an access key, written at intervals; the id of the document is the access key id. */
export interface AccessKeyUse {
  readonly lastUsedAtMs: number
  /** As in the signature's scope: `iam`, `sts`. */
  readonly serviceName: string
  readonly region: string
}

/** The last use of a role, written at intervals; the id of the document is the role's. */
export interface RoleUse {
  readonly lastUsedAtMs: number
  readonly region: string
  /** The role that had the name then. */
  readonly roleId: string
}

/** A user's console password; the id of the document is the user's. */
export interface LoginProfile {
  readonly userName: string
  readonly passwordHash: string
  readonly createdAtMs: number
  readonly passwordResetRequired: boolean
  /** Hashes of earlier passwords, newest first, for the password policy's reuse prevention. */
  readonly earlierHashes: readonly string[]
  readonly passwordChangedAtMs: number
}

/** The last deletion of a service-linked role of some name; the id of the document is the role's. */
export interface RoleDeletion {
  readonly taskId: string
  readonly deletedAtMs: number
}

/** What an account sets for itself; the id of the one document is `settings`. */
export interface AccountSettings {
  readonly alias?: string | undefined
  readonly passwordPolicy?: PasswordPolicy | undefined
}

export interface PasswordPolicy {
  readonly minimumPasswordLength: number
  readonly requireSymbols: boolean
  readonly requireNumbers: boolean
  readonly requireUppercaseCharacters: boolean
  readonly requireLowercaseCharacters: boolean
  readonly allowUsersToChangePassword: boolean
  readonly maxPasswordAge?: number | undefined
  readonly passwordReusePrevention?: number | undefined
  readonly hardExpiry?: boolean | undefined
}

export const users = collection<User>({
  service: 'iam',
  type: 'user',
  indexes: {
    id: { anywhere: (user) => user.userId },
    group: (user) => user.groups.map(idOf),
    policy: (user) => user.attached,
    boundary: (user) => user.boundary,
  },
})

export const groups = collection<Group>({
  service: 'iam',
  type: 'group',
  indexes: { policy: (group) => group.attached },
})

export const roles = collection<Role>({
  service: 'iam',
  type: 'role',
  indexes: {
    id: { anywhere: (role) => role.roleId },
    policy: (role) => role.attached,
    boundary: (role) => role.boundary,
  },
})

export const instanceProfiles = collection<InstanceProfile>({
  service: 'iam',
  type: 'instance-profile',
  indexes: { role: (profile) => (profile.roleName === undefined ? undefined : idOf(profile.roleName)) },
})

export const serverCertificates = collection<ServerCertificateDocument>({
  service: 'iam',
  type: 'server-certificate',
  reseal: (document, _, move) => ({
    ...document,
    sealedPrivateKey: serverCertificateKey.move(
      move,
      document.serverCertificateId,
      document.sealedPrivateKey,
    ),
  }),
})

export const policies = collection<ManagedPolicy>({ service: 'iam', type: 'policy' })

/** The id of the document is the access key id; an id is one account's alone (`id`). */
export const accessKeys = collection<AccessKeyDocument>({
  service: 'iam',
  type: 'access-key',
  indexes: {
    id: { anywhere: (key) => key.accessKeyId },
    owner: (key) => (key.userName === undefined ? rootOwner : idOf(key.userName)),
  },
  reseal: (key, accessKeyId, move) => ({
    ...key,
    sealedSecret: accessKeySecret.move(move, accessKeyId, key.sealedSecret),
  }),
})

export const accessKeyUses = collection<AccessKeyUse>({ service: 'iam', type: 'access-key-use' })

export const roleUses = collection<RoleUse>({ service: 'iam', type: 'role-use' })

export const loginProfiles = collection<LoginProfile>({ service: 'iam', type: 'login-profile' })

export const roleDeletions = collection<RoleDeletion>({ service: 'iam', type: 'role-deletion' })

export const accountSettings = collection<AccountSettings>({
  service: 'iam',
  type: 'account-settings',
  indexes: { alias: { anywhere: (settings) => settings.alias } },
})

/** The id of an account's one document of settings. */
export const settingsId = 'settings'

/** Declares an operation of IAM; `call` has these tables, in the caller's account. */
export const iam = operationsOf<Operations, CertificateUses>()(
  'iam',
  {
    users,
    groups,
    roles,
    instanceProfiles,
    roleDeletions,
    policies,
    accessKeys,
    accessKeyUses,
    roleUses,
    loginProfiles,
    accountSettings,
    serverCertificates,
  },
  'global',
)

/** The owner under which the index `owner` keeps keys of the root user; no user can have this name. */
export const rootOwner = ':root'

/** The id of the document that is named so. */
export function idOf(name: string): string {
  return name.toLowerCase()
}
