import type { Arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { CertificateUses } from '#core/certificates.ts'
import { paging } from '#core/paging.ts'
import type { CertificateFacts } from '#core/x509/index.ts'
import type { CertificateDetail, CertificateStatus, CertificateSummary, Filters } from '#models/acm.d.ts'
import { acm, type CertificateDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findCertificate } from './find.ts'

/** Shows all that is known of a certificate, and what uses it. */
export const DescribeCertificate = acm('DescribeCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource) => [{ action: 'acm:DescribeCertificate', resource }],
  run: ({ target, call }) => ({ Certificate: detailOf(call, target) }),
})

/** Gives a certificate and its chain; its key is never given out. */
export const GetCertificate = acm('GetCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource) => [{ action: 'acm:GetCertificate', resource }],
  run: ({ target: { certificate, chain } }) => ({
    Certificate: certificate,
    ...(chain !== undefined && { CertificateChain: chain }),
  }),
})

/** Deletes a certificate that nothing uses. Faults: ResourceInUseException. */
export const DeleteCertificate = acm('DeleteCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource) => [{ action: 'acm:DeleteCertificate', resource }],
  run({ target, call }) {
    if (usersOf(call, target.arn).length > 0) throw faults.inUse(target.arn, call.account)
    call.certificates.delete(target.certificateId)
    return {}
  },
})

/** Source: ACM API Reference, ListCertificates, MaxItems; the model checks its bounds. */
const { pageOf } = paging({
  ...{ token: 'NextToken', limit: 'MaxItems', next: 'NextToken', limitDefault: 1000 },
  invalid: () => faults.invalidToken(),
})

/**
 * Lists certificates. Without a filter of key types those with RSA keys of up to 2,048 bits and a domain, as in AWS.
 * Source: ACM API Reference, ListCertificates, Includes; Filters, keyTypes.
 */
export const ListCertificates = acm('ListCertificates', {
  access: () => [{ action: 'acm:ListCertificates', resource: '*' }],
  run({ input, call }) {
    const { CertificateStatuses, Includes = {}, NextToken, MaxItems, SortBy, SortOrder } = input
    if ((SortBy === undefined) !== (SortOrder === undefined)) throw faults.sortBoth()
    const listed = call.certificates
      .list()
      .map(({ document }) => document)
      .filter(
        (document) =>
          (CertificateStatuses?.includes(statusOf(call, document)) ?? true) &&
          // The origin of an imported key is its importer.
          (input.CertificateKeyPairOrigins === undefined || input.CertificateKeyPairOrigins.length === 0) &&
          isIncluded(document, Includes),
      )
    const placeOf = ({ createdAtMs, certificateId }: CertificateDocument) =>
      SortBy === undefined ? certificateId : `${String(createdAtMs).padStart(16, '0')} ${certificateId}`
    const order = SortOrder === 'DESCENDING' ? 'descending' : 'ascending'
    const { items, ...more } = pageOf(listed, placeOf, { NextToken, MaxItems }, order)
    return {
      CertificateSummaryList: items.map((document) => summaryOf(call, document)),
      ...more,
    }
  },
})

function isIncluded({ facts }: CertificateDocument, filters: Filters): boolean {
  const { keyTypes, keyUsage, extendedKeyUsage, exportOption, managedBy } = filters
  const usages = facts.keyUsages as readonly string[]
  const purposes = facts.extendedKeyUsages.map(({ name }) => name as string)
  return (
    (keyTypes?.includes(facts.key) ?? isListedUnasked(facts)) &&
    (keyUsage?.every((usage) => usages.includes(usage)) ?? true) &&
    (extendedKeyUsage?.every((purpose) => purposes.includes(purpose)) ?? true) &&
    exportOption !== 'ENABLED' &&
    managedBy === undefined
  )
}

function isListedUnasked({ key, names }: CertificateFacts): boolean {
  return (key === 'RSA_1024' || key === 'RSA_2048') && names.length > 0
}

type UsingCall = Pick<Call, 'tx' | 'nowMs'> & { readonly parts: CertificateUses }

function usersOf({ tx, parts }: UsingCall, arn: Arn): readonly Arn[] {
  return parts.usersOf(tx, arn)
}

function statusOf({ nowMs }: UsingCall, { facts }: CertificateDocument): CertificateStatus {
  return nowMs > facts.notAfterMs ? 'EXPIRED' : 'ISSUED'
}

function common(call: UsingCall, document: CertificateDocument) {
  const { arn, facts, createdAtMs, importedAtMs } = document
  return {
    CertificateArn: arn,
    ...(facts.domainName !== undefined && { DomainName: facts.domainName }),
    Status: statusOf(call, document),
    Type: 'IMPORTED',
    KeyAlgorithm: facts.key,
    RenewalEligibility: 'INELIGIBLE',
    NotBefore: new Date(facts.notBeforeMs),
    NotAfter: new Date(facts.notAfterMs),
    CreatedAt: new Date(createdAtMs),
    ImportedAt: new Date(importedAtMs),
  } as const
}

function detailOf(call: UsingCall, document: CertificateDocument): CertificateDetail {
  const { arn, facts } = document
  return {
    ...common(call, document),
    SubjectAlternativeNames: facts.names,
    Serial: facts.serial,
    Subject: facts.subject,
    Issuer: facts.issuer,
    SignatureAlgorithm: facts.signatureAlgorithm,
    InUseBy: usersOf(call, arn),
    KeyUsages: facts.keyUsages.map((Name) => ({ Name })),
    ExtendedKeyUsages: facts.extendedKeyUsages.map(({ name: Name, oid: OID }) => ({ Name, OID })),
    Options: { CertificateTransparencyLoggingPreference: 'DISABLED' },
  }
}

/** Source: ACM API Reference, CertificateSummary: up to 100 names. */
const summaryNamesMax = 100

function summaryOf(call: UsingCall, document: CertificateDocument): CertificateSummary {
  const { arn, facts } = document
  return {
    ...common(call, document),
    SubjectAlternativeNameSummaries: facts.names.slice(0, summaryNamesMax),
    HasAdditionalSubjectAlternativeNames: facts.names.length > summaryNamesMax,
    KeyUsages: facts.keyUsages,
    ExtendedKeyUsages: facts.extendedKeyUsages.map(({ name }) => name),
    InUse: usersOf(call, arn).length > 0,
    Exported: false,
  }
}
