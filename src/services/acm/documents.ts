import type { Arn } from '#core/arn.ts'
import type { CertificateUses } from '#core/certificates.ts'
import type { Tags } from '#core/caller.ts'
import { operationsOf } from '#core/operation.ts'
import { sealedText } from '#core/seal/index.ts'
import { collection } from '#core/store/index.ts'
import type { CertificateFacts } from '#core/x509/index.ts'
import type { Operations } from '#models/acm.d.ts'

/** An imported certificate; the id of the document is the last part of its ARN. */
export interface CertificateDocument {
  readonly arn: Arn
  readonly certificateId: string
  readonly facts: CertificateFacts
  /** PEM. */
  readonly certificate: string
  /** PEM, from the issuer on. */
  readonly chain?: string | undefined
  /** A `certificateKey`. */
  readonly sealedPrivateKey: string
  readonly createdAtMs: number
  /** When it was imported last. */
  readonly importedAtMs: number
  readonly tags: Tags
}

/** The private key of a certificate in PEM; its owner is the certificate's id. */
export const certificateKey = sealedText('acm-certificate', (certificateId) => certificateId)

export const certificates = collection<CertificateDocument>({
  service: 'acm',
  type: 'certificate',
  reseal: (document, id, move) => ({
    ...document,
    sealedPrivateKey: certificateKey.move(move, id, document.sealedPrivateKey),
  }),
})

/** Declares an operation of ACM; `call.certificates` are those of the caller's account in the call's region. */
export const acm = operationsOf<Operations, CertificateUses>()('acm', { certificates }, 'regional')
