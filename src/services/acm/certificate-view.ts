import { parseArn } from '#core/arn.ts'
import type { Certificates } from '#core/certificates.ts'
import type { Reader } from '#core/store/index.ts'
import { type CertificateDocument, certificateKey, certificates } from './documents.ts'
import { certificateIdOf } from './find.ts'

/** Imported certificates, as listeners ask for them. */
export const acmCertificates: Certificates = {
  find: certificateOf,
  open(reader, seal, text) {
    const document = certificateOf(reader, text)
    if (!document) return undefined
    const { arn, facts, certificate, chain = '', certificateId, sealedPrivateKey } = document
    const privateKey = certificateKey.open(seal, certificateId, sealedPrivateKey).toString('latin1')
    return { arn, chain: certificate + chain, privateKey, names: facts.names }
  },
}

function certificateOf(reader: Reader, text: string): CertificateDocument | undefined {
  const parts = parseArn(text)
  const id = parts && certificateIdOf(parts.resource)
  const found = id ? reader.get(certificates, parts, id) : undefined
  return found?.arn === text ? found : undefined
}
