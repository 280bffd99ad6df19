/**
 * IAM's quotas, one row each, at AWS's defaults.
 * Source: IAM User Guide, "IAM and AWS STS quotas"; the names are those of GetAccountSummary where it has one.
 */
export const quotas = {
  users: 5000,
  groups: 300,
  groupsPerUser: 10,
  accessKeysPerUser: 2,
  accountAliases: 1,
  tagsPerResource: 50,
  serverCertificates: 20,
  signingCertificatesPerUser: 2,
} as const satisfies Record<string, number>
