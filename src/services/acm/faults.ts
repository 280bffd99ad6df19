import { faultsOf } from '#core/fault.ts'
import type { CertificateProblem } from '#core/x509/index.ts'
import type { Errors } from '#models/acm.d.ts'

const fault = faultsOf<Errors>()

/**
 * Every fault of ACM, with AWS's words as public issue trackers quote them.
 * Differs: the words of notLikeBefore, keyEncrypted, chainForm, dates, tooWeak, tags, marker, quota and tooFewTags are our own.
 */
export const faults = {
  noSuchCertificate: (arn: string, account: string) =>
    fault('ResourceNotFoundException', `Could not find certificate ${arn} in account ${account}.`),
  invalidArn: (arn: string) => fault('InvalidArnException', `The certificate ARN ${arn} is not valid.`),
  inUse: (arn: string, account: string) =>
    fault('ResourceInUseException', `Certificate ${arn} in account ${account} is in use.`),
  quota: (max: number) =>
    fault('LimitExceededException', `The account has reached its limit of ${max} certificates.`),
  tagsAtReimport: () => fault('ValidationException', 'Tagging is not permitted on re-import.'),
  /** `what` names what may not be taken away or changed. */
  notLikeBefore: (what: string) =>
    fault('ValidationException', `The certificate that is replaced does not allow it: ${what}.`),
  notSelfSigned: () =>
    fault(
      'ValidationException',
      'Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.',
    ),
  reservedTagKey: () => fault('InvalidTagException', 'Tag keys that begin with aws: are reserved.'),
  repeatedTagKey: () => fault('InvalidTagException', 'A tag key is given twice.'),
  tooManyTags: (max: number) => fault('TooManyTagsException', `A certificate has ${max} tags at most.`),
  invalidToken: () => fault('ValidationException', 'The NextToken is not valid.'),
  sortBoth: () => fault('ValidationException', 'SortBy and SortOrder go together.'),
} as const

/** Why a certificate cannot be imported, in ACM's words. */
export function refusedImport(problem: CertificateProblem) {
  return fault('ValidationException', reasonOf(problem))
}

function reasonOf(problem: CertificateProblem): string {
  switch (problem.kind) {
    case 'certificate-form':
      return 'The certificate body is not in a valid PEM format, InternalFailure, or Unknown error.'
    case 'certificate-count':
      return 'The certificate field contains more than one certificate. You can specify only one certificate in this field.'
    case 'certificate-key':
      return 'The algorithm or the size of the certificate’s key is not supported.'
    case 'not-yet-valid':
      return `The certificate is not valid until ${new Date(problem.notBeforeMs).toISOString()}.`
    case 'expired':
      return `The certificate expired at ${new Date(problem.notAfterMs).toISOString()}.`
    case 'key-form':
      return 'The private key is not supported.'
    case 'key-encrypted':
      return 'The private key is protected by a passphrase; give it without one.'
    case 'too-weak':
      return 'A key or a signature of the certificate or of its chain is too weak for TLS.'
    case 'key-mismatch':
      return 'The private key does not match the certificate.'
    case 'chain-form':
      return 'The certificate chain is not in a valid PEM format, or too long.'
    case 'chain-order':
      return 'Could not validate the certificate with the certificate chain.'
  }
}
