import { uuid } from '#core/ids.ts'
import type { Missing, Resource } from '#core/resource.ts'
import { type CertificateFacts, type ReadCertificate, readCertificate } from '#core/x509/index.ts'
import type { ImportCertificateRequest } from '#models/acm.d.ts'
import { acm, certificateKey, type CertificateDocument } from './documents.ts'
import { faults, refusedImport } from './faults.ts'
import { certificateArn, findCertificate } from './find.ts'
import { quotas } from './quotas.ts'
import { tagsOf, withTags } from './tag-list.ts'

/**
 * Takes a certificate with its key and chain, anew or in the place of one that was imported: what serves with that one serves with
 * the new one from then on.
 * Faults: ValidationException for whatever does not fit; LimitExceededException; ResourceNotFoundException.
 * Source: ACM API Reference, ImportCertificate; ACM User Guide, "Prerequisites for importing certificates".
 */
export const ImportCertificate = acm('ImportCertificate', {
  target: ({ CertificateArn }, call): CertificateDocument | Missing | Resource =>
    CertificateArn === undefined ? { arn: certificateArn(call, '*') } : findCertificate(call, CertificateArn),
  access: (resource, { Tags }) => [
    // Tags at the import need leave of their own. Source: ACM User Guide, "API permissions".
    { action: 'acm:ImportCertificate', resource, requestTags: tagsOf(Tags) },
    ...(Tags === undefined
      ? []
      : [{ action: 'acm:AddTagsToCertificate', resource, requestTags: tagsOf(Tags) }]),
  ],
  run({ target, input, call }) {
    const earlier = 'facts' in target ? target : undefined
    if (earlier && input.Tags !== undefined) throw faults.tagsAtReimport()
    const read = checked(input, call.nowMs)
    if (earlier) assertLike(earlier.facts, read.facts)
    if (!earlier && !call.certificates.hasRoom(quotas.importedCertificates))
      throw faults.quota(quotas.importedCertificates)
    const certificateId = earlier?.certificateId ?? uuid(call.randomBytes)
    const { facts, certificate, chain, privateKey } = read
    const document: CertificateDocument = {
      arn: earlier?.arn ?? certificateArn(call, certificateId),
      certificateId,
      facts,
      certificate,
      ...(chain !== undefined && { chain }),
      sealedPrivateKey: certificateKey.seal(call.seal, certificateId, privateKey),
      createdAtMs: earlier?.createdAtMs ?? call.nowMs,
      importedAtMs: call.nowMs,
      tags: earlier?.tags ?? withTags({}, input.Tags),
    }
    call.certificates.put(certificateId, document)
    return { CertificateArn: document.arn }
  },
})

function checked(input: ImportCertificateRequest, nowMs: number): ReadCertificate {
  const read = readCertificate(
    {
      certificate: textOf(input.Certificate),
      privateKey: textOf(input.PrivateKey),
      chain: input.CertificateChain && textOf(input.CertificateChain),
    },
    nowMs,
  )
  if (!read.ok) throw refusedImport(read.problem)
  if (input.CertificateChain === undefined && !read.value.isSelfSigned) throw faults.notSelfSigned()
  return read.value
}

/** Source: ACM User Guide, "Reimport a certificate", conditions. */
function assertLike(earlier: CertificateFacts, later: CertificateFacts): void {
  if (later.key !== earlier.key) throw faults.notLikeBefore('the type and the size of the key must stay')
  if (earlier.names.length > 0 && later.names.length === 0) throw faults.notLikeBefore('a name must be left')
  if (!earlier.keyUsages.every((usage) => later.keyUsages.includes(usage)))
    throw faults.notLikeBefore('no key usage may be taken away')
  if (!earlier.extendedKeyUsages.every(({ oid }) => later.extendedKeyUsages.some((each) => each.oid === oid)))
    throw faults.notLikeBefore('no extended key usage may be taken away')
}

/** PEM is ASCII; any other byte makes it none. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
