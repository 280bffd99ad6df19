/** Source: ACM User Guide, "Quotas": imported certificates of an account in a region; tags of a certificate. */
export const quotas = { importedCertificates: 2_500, tagsPerCertificate: 50 } as const
