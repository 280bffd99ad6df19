import type { Protocol } from './shapes.ts'

interface Form<Code extends string = string> {
  readonly code: Code
  readonly status: number
}

/** One error in the three families of protocols: query and REST-XML, JSON and CBOR, EC2. */
interface Row<Code extends string = string> {
  readonly xml: Form<Code>
  readonly json: Form
  readonly ec2: Form
  /** Status of the REST-JSON services, where it is not that of JSON. */
  readonly restStatus: number
}

/**
 * Errors that any service may answer though its model does not list them, as each family spells them. Code and status in
 * each: query and REST-XML, JSON and CBOR, EC2; last the status of REST-JSON.
 * Source: IAM, KMS, EC2 and Lambda API References, "Common Errors".
 */
const rows = [
  row('AccessDenied', 403, 'AccessDeniedException', 400, 'UnauthorizedOperation', 403, 403),
  row('ExpiredToken', 403, 'ExpiredTokenException', 400, 'RequestExpired', 400, 403),
  row('IncompleteSignature', 400, 'IncompleteSignatureException', 400, 'AuthFailure', 401, 403),
  row('InternalFailure', 500, 'InternalFailure', 500, 'InternalError', 500, 500),
  row('InvalidAction', 400, 'UnknownOperationException', 400, 'InvalidAction', 400, 404),
  row('InvalidClientTokenId', 403, 'UnrecognizedClientException', 400, 'AuthFailure', 401, 403),
  row('MalformedInput', 400, 'SerializationException', 400, 'InvalidParameterValue', 400, 400),
  row('MalformedQueryString', 404, 'SerializationException', 400, 'MalformedQueryString', 400, 400),
  row('MissingAction', 400, 'UnknownOperationException', 400, 'MissingAction', 400, 404),
  row(
    'MissingAuthenticationToken',
    403,
    'MissingAuthenticationTokenException',
    400,
    'MissingAuthenticationToken',
    401,
    403,
  ),
  row('NotImplemented', 501, 'NotImplemented', 501, 'NotImplemented', 501, 501),
  row('RequestEntityTooLarge', 413, 'RequestEntityTooLargeException', 413, 'RequestEntityTooLarge', 413, 413),
  row('RequestExpired', 400, 'RequestExpired', 400, 'RequestExpired', 400, 400),
  row('ServiceUnavailable', 503, 'ServiceUnavailableException', 503, 'Unavailable', 503, 503),
  row('SignatureDoesNotMatch', 403, 'InvalidSignatureException', 400, 'AuthFailure', 401, 403),
  row('Throttling', 400, 'ThrottlingException', 400, 'RequestLimitExceeded', 503, 429),
  row('ValidationError', 400, 'ValidationException', 400, 'InvalidParameterValue', 400, 400),
]

/** The errors of this table, in their query spelling; a codec spells them in its own. */
export type CommonFault = (typeof rows)[number]['xml']['code']

function row<Code extends string>(
  xmlCode: Code,
  xmlStatus: number,
  jsonCode: string,
  jsonStatus: number,
  ec2Code: string,
  ec2Status: number,
  restStatus: number,
): Row<Code> {
  return {
    xml: { code: xmlCode, status: xmlStatus },
    json: { code: jsonCode, status: jsonStatus },
    ec2: { code: ec2Code, status: ec2Status },
    restStatus,
  }
}

// By the JSON and the query spelling; of two rows with one JSON spelling the earlier is meant.
const bySpelling: ReadonlyMap<string, Row> = new Map(
  rows.toReversed().flatMap((each) => [[each.json.code, each] as const, [each.xml.code, each] as const]),
)

/** A common error in the spelling of a protocol, from either spelling; undefined where the code is not common. */
export function commonFault(code: string, protocol: Protocol): Form | undefined {
  const found = bySpelling.get(code)
  if (!found) return undefined
  switch (protocol) {
    case 'ec2':
      return found.ec2
    case 'query':
    case 'rest-xml':
      return found.xml
    case 'rest-json':
      return { code: found.json.code, status: found.restStatus }
    case 'json-1.0':
    case 'json-1.1':
    case 'rpc-v2-cbor':
      break
  }
  return found.json
}

/** A common error's code in the spelling of a protocol. */
export function spelled(code: string, protocol: Protocol): string {
  return commonFault(code, protocol)?.code ?? code
}
