import type { CertificateUses } from '#core/certificates.ts'
import { service, type Service } from '#core/service.ts'
import * as certificates from './certificates.ts'
import * as importCertificate from './import-certificate.ts'
import * as tags from './tags.ts'

/** AWS Certificate Manager, for certificates that are imported: there is no authority here that would issue any. */
export function createAcmService(parts: CertificateUses): Service {
  return service({ model: 'acm', files: [certificates, importCertificate, tags], parts })
}
