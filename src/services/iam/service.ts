import { type CertificateUses, noCertificateUses } from '#core/certificates.ts'
import { service, type Service } from '#core/service.ts'
import * as accessKeys from './access-keys.ts'
import * as accountAliases from './account-aliases.ts'
import * as accountSummary from './account-summary.ts'
import * as attachments from './attachments.ts'
import * as authorizationDetails from './authorization-details.ts'
import * as boundaries from './boundaries.ts'
import * as groups from './groups.ts'
import * as inlinePolicies from './inline-policies.ts'
import * as instanceProfiles from './instance-profiles.ts'
import * as loginProfiles from './login-profiles.ts'
import * as managedPolicies from './managed-policies.ts'
import * as memberships from './memberships.ts'
import * as passwordPolicy from './password-policy.ts'
import * as policyEntities from './policy-entities.ts'
import * as policyTags from './policy-tags.ts'
import * as policyVersions from './policy-versions.ts'
import * as roles from './roles.ts'
import * as serverCertificates from './server-certificates.ts'
import * as serviceLinkedRoles from './service-linked-roles.ts'
import * as users from './users.ts'

/** Identity and Access Management: who there is, and what they may. */
export function createIamService(parts: CertificateUses): Service {
  return service({
    model: 'iam',
    files: [
      accessKeys,
      accountAliases,
      accountSummary,
      attachments,
      authorizationDetails,
      boundaries,
      groups,
      inlinePolicies,
      instanceProfiles,
      loginProfiles,
      managedPolicies,
      memberships,
      passwordPolicy,
      policyEntities,
      policyTags,
      policyVersions,
      roles,
      serverCertificates,
      serviceLinkedRoles,
      users,
    ],
    parts,
  })
}

/** IAM where nothing serves with its server certificates. */
export const iamService = createIamService(noCertificateUses)
