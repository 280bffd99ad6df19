/**
 * IAM's quotas, one row each, at AWS's defaults. Sizes are in characters without white space.
 * Source: IAM User Guide, "IAM and AWS STS quotas".
 */
export const quotas = {
  users: 5000,
  groups: 300,
  groupsPerUser: 10,
  accessKeysPerUser: 2,
  tagsPerResource: 50,
  serverCertificates: 20,
  signingCertificatesPerUser: 2,

  roles: 1000,
  instanceProfiles: 1000,
  rolesPerInstanceProfile: 1,
  policies: 1500,
  policyVersions: 5,
  policyVersionsInUse: 10_000,
  attachedPoliciesPerUser: 10,
  attachedPoliciesPerGroup: 10,
  attachedPoliciesPerRole: 10,
  managedPolicySize: 6144,
  userPolicySize: 2048,
  groupPolicySize: 5120,
  rolePolicySize: 10_240,
  trustPolicySize: 2048,
  /**
   * What the inline policies of one user, group or role, or the versions of one policy, may take with their white space, which is kept.
   * Limit: our own; IAM's model has it for each text.
   */
  policyTextsLength: 131_072,
} as const satisfies Record<string, number>
