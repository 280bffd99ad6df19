/** X.509 certificates as servers use them: read, checked against key and chain, told as plain data. */
export type { CertificateFacts } from './facts.ts'
export { type CertificateProblem, type ReadCertificate, readCertificate } from './read-certificate.ts'
