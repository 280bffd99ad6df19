import type { AuthenticationFailure, AuthenticationReason } from './failure.ts'

/** The way a service words its errors; CBOR services (RPC v2) are of the `json` family. */
export type FaultFamily = 'query' | 'json' | 'rest-json' | 'rest-xml' | 'ec2'

/** What the caller is answered: an error code, an HTTP status and a message, to be encoded in the caller's protocol. */
export interface AuthenticationFault {
  readonly code: string
  readonly status: number
  readonly message: string
}

interface Row {
  readonly code: string
  readonly status: number
  /** Set where the family says less than the reason's own words. */
  readonly message?: string
}

type Rows = Readonly<Record<AuthenticationReason, Row>>

// Source: IAM API Reference, "Common Error Types"; statuses as STS, IAM and CloudFront answer (403 for what is well-formed).
const queryRows: Rows = rows({
  missing: { code: 'MissingAuthenticationToken', status: 403 },
  incomplete: { code: 'IncompleteSignature', status: 400 },
  mismatch: { code: 'SignatureDoesNotMatch', status: 403 },
  unknown: { code: 'InvalidClientTokenId', status: 403 },
  expired: { code: 'ExpiredToken', status: 403 },
})

// Source: the same codes in their JSON form ("…Exception"), as KMS and DynamoDB answer, always with 400.
const jsonRows: Rows = rows({
  missing: {
    code: 'MissingAuthenticationTokenException',
    status: 400,
    message: 'Missing Authentication Token',
  },
  incomplete: { code: 'IncompleteSignatureException', status: 400 },
  mismatch: { code: 'InvalidSignatureException', status: 400 },
  unknown: { code: 'UnrecognizedClientException', status: 400 },
  expired: { code: 'ExpiredTokenException', status: 400 },
})

// Source: Lambda's answers, quoted in aws/aws-sdk-java#865, wso2/product-apim#10478 and aws/chalice#828: the JSON codes with 403.
const restJsonRows: Rows = rows({
  missing: {
    code: 'MissingAuthenticationTokenException',
    status: 403,
    message: 'Missing Authentication Token',
  },
  incomplete: { code: 'IncompleteSignatureException', status: 403 },
  mismatch: { code: 'InvalidSignatureException', status: 403 },
  unknown: { code: 'UnrecognizedClientException', status: 403 },
  expired: { code: 'ExpiredTokenException', status: 403 },
})

const notValidated = 'AWS was not able to validate the provided access credentials'

// Source: EC2 API Reference, "Error codes", client errors; an expired session reads RequestExpired there.
const ec2Rows: Rows = rows({
  missing: { code: 'MissingAuthenticationToken', status: 403 },
  incomplete: { code: 'IncompleteSignature', status: 400 },
  mismatch: { code: 'AuthFailure', status: 401, message: notValidated },
  unknown: { code: 'AuthFailure', status: 401, message: notValidated },
  expired: { code: 'RequestExpired', status: 400, message: 'Request has expired.' },
})

const families = {
  query: queryRows,
  json: jsonRows,
  'rest-json': restJsonRows,
  'rest-xml': queryRows,
  ec2: ec2Rows,
} as const satisfies Record<FaultFamily, Rows>

/** The answer to a failed authentication in the words of a family of services. */
export function authenticationFault(
  failure: AuthenticationFailure,
  family: FaultFamily,
): AuthenticationFault {
  const { code, status, message } = families[family][failure.reason]
  return { code, status, message: message ?? failure.message }
}

type Group = 'missing' | 'incomplete' | 'mismatch' | 'unknown' | 'expired'

/** AWS has five answers for twelve reasons; the message tells the rest. */
function rows(group: Readonly<Record<Group, Row>>): Rows {
  const { missing, incomplete, mismatch, unknown, expired } = group
  return {
    MissingAuthenticationToken: missing,
    IncompleteSignature: incomplete,
    SignatureDoesNotMatch: mismatch,
    SignatureExpired: mismatch,
    SignatureNotYetCurrent: mismatch,
    RequestExpired: mismatch,
    InvalidScope: mismatch,
    UnsignedHeader: mismatch,
    InvalidPayload: mismatch,
    UnknownAccessKey: unknown,
    InvalidToken: unknown,
    ExpiredToken: expired,
  }
}
