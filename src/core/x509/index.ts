/** X.509 certificates as servers use them: read, checked against key and chain, told as plain data. */
export type { CertificateFacts, CertificateKey, ExtendedKeyUsage } from './facts.ts'
export {
  type CertificateProblem,
  type GivenCertificate,
  type ReadCertificate,
  readCertificate,
} from './read-certificate.ts'
