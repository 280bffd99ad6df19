import type { summaryKeyType } from '#models/iam.d.ts'
import { iam, rootOwner } from './documents.ts'
import { quotas } from './quotas.ts'

/**
 * Counts what the account has, beside what it may have. MFA devices, signing certificates and identity providers cannot be made here,
 * so there are none.
 */
export const GetAccountSummary = iam('GetAccountSummary', {
  access: () => [{ action: 'iam:GetAccountSummary', resource: '*' }],
  run({ call }) {
    const policies = call.policies.list()
    const summary = {
      Users: call.users.count(),
      UsersQuota: quotas.users,
      Groups: call.groups.count(),
      GroupsQuota: quotas.groups,
      GroupsPerUserQuota: quotas.groupsPerUser,
      Roles: call.roles.count(),
      RolesQuota: quotas.roles,
      InstanceProfiles: call.instanceProfiles.count(),
      InstanceProfilesQuota: quotas.instanceProfiles,
      Policies: policies.length,
      PoliciesQuota: quotas.policies,
      PolicyVersionsInUse: policies.reduce((sum, { document }) => sum + document.versions.length, 0),
      PolicyVersionsInUseQuota: quotas.policyVersionsInUse,
      VersionsPerPolicyQuota: quotas.policyVersions,
      AttachedPoliciesPerUserQuota: quotas.attachedPoliciesPerUser,
      AttachedPoliciesPerGroupQuota: quotas.attachedPoliciesPerGroup,
      AttachedPoliciesPerRoleQuota: quotas.attachedPoliciesPerRole,
      PolicySizeQuota: quotas.managedPolicySize,
      UserPolicySizeQuota: quotas.userPolicySize,
      GroupPolicySizeQuota: quotas.groupPolicySize,
      RolePolicySizeQuota: quotas.rolePolicySize,
      AssumeRolePolicySizeQuota: quotas.trustPolicySize,
      AccessKeysPerUserQuota: quotas.accessKeysPerUser,
      AccountAccessKeysPresent: call.accessKeys.find('owner', rootOwner).length > 0 ? 1 : 0,
      AccountPasswordPresent: 0,
      AccountMFAEnabled: 0,
      MFADevices: 0,
      MFADevicesInUse: 0,
      AccountSigningCertificatesPresent: 0,
      SigningCertificatesPerUserQuota: quotas.signingCertificatesPerUser,
      ServerCertificates: call.serverCertificates.count(),
      ServerCertificatesQuota: quotas.serverCertificates,
      Providers: 0,
      /** Session tokens hold in every region. Source: IAM API Reference, SetSecurityTokenServicePreferences. */
      GlobalEndpointTokenVersion: 2,
    } satisfies Record<summaryKeyType, number>
    return { SummaryMap: summary }
  },
})
