/** Why a request was not authenticated. Closed: whoever answers has a code for each (`core/authentication.ts`). */
export type AuthenticationReason =
  /** Neither an Authorization header nor a signature in the query. */
  | 'MissingAuthenticationToken'
  /** Something of the signature's form is missing or malformed. */
  | 'IncompleteSignature'
  /** The signature, or a chunk's, is not the one this request and secret give. */
  | 'SignatureDoesNotMatch'
  /** Signed too long ago for the clock window. */
  | 'SignatureExpired'
  /** Signed in the future, beyond the clock window. */
  | 'SignatureNotYetCurrent'
  /** A presigned request whose X-Amz-Expires has passed. */
  | 'RequestExpired'
  /** The credential scope names another service, region, day or terminator. */
  | 'InvalidScope'
  /** A header that must be signed is not. */
  | 'UnsignedHeader'
  /** The body is not of the form, or has not the hash, that x-amz-content-sha256 states. */
  | 'InvalidPayload'
  /** No such access key, or it is inactive: AWS tells both alike. */
  | 'UnknownAccessKey'
  /** A session token that does not open, or is not of this access key. */
  | 'InvalidToken'
  /** A session token past its end. */
  | 'ExpiredToken'

/** An authentication that failed, with AWS's words where AWS has them. */
export interface AuthenticationFailure {
  readonly ok: false
  readonly reason: AuthenticationReason
  readonly message: string
}

/** Source: answers of IAM, STS and Lambda, quoted in the AWS SDKs' issues; IAM User Guide, "Troubleshoot signed requests". */
const words = {
  MissingAuthenticationToken: 'Request is missing Authentication Token',
  IncompleteSignature: 'The request signature does not conform to AWS standards.',
  SignatureDoesNotMatch:
    'The request signature we calculated does not match the signature you provided. ' +
    'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  SignatureExpired: 'Signature expired',
  SignatureNotYetCurrent: 'Signature not yet current',
  RequestExpired: 'Request has expired.',
  InvalidScope: 'Credential should be scoped to a valid region. ',
  UnsignedHeader: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
  InvalidPayload: 'The provided x-amz-content-sha256 header does not match what was computed.',
  UnknownAccessKey: 'The security token included in the request is invalid.',
  InvalidToken: 'The security token included in the request is invalid.',
  ExpiredToken: 'The security token included in the request is expired',
} as const satisfies Record<AuthenticationReason, string>

/** Makes a failure; without a message it gets AWS's general words for the reason. */
export function authenticationFailure(
  reason: AuthenticationReason,
  message: string = words[reason],
): AuthenticationFailure {
  return { ok: false, reason, message }
}
