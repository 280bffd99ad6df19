/**
 * The caller's mistake or a denial: what AWS answers with an error code. The pipeline alone turns it into bytes.
 * `code` is an error shape of the service's model (its wire code and HTTP status come from there) or one of `CommonFault`.
 */
export class Fault extends Error {
  readonly code: string
  readonly status: number | undefined
  readonly members: Readonly<Record<string, unknown>> | undefined

  constructor(code: string, message: string, more: { status?: number; members?: Readonly<Record<string, unknown>> } = {}) {
    super(message)
    this.name = 'Fault'
    this.code = code
    this.status = more.status
    this.members = more.members
  }
}

/**
 * Errors that every service may answer though no model lists them, with their HTTP status.
 * Source: IAM API Reference, "Common Error Types".
 */
export const commonFaults = {
  AccessDenied: 403,
  AccessDeniedException: 403,
  InternalFailure: 500,
  InvalidAction: 400,
  MalformedQueryString: 404,
  NotImplemented: 501,
  RequestEntityTooLarge: 413,
  ServiceUnavailable: 503,
  Throttling: 400,
  ValidationError: 400,
  ValidationException: 400,
} as const satisfies Record<string, number>

export type CommonFault = keyof typeof commonFaults

/** Makes a service's faults: a code that neither its model nor the common list knows does not compile. */
export function faultsOf<Errors extends string>() {
  return (code: Errors | CommonFault, message: string, members?: Readonly<Record<string, unknown>>): Fault =>
    new Fault(code, message, {
      ...(Object.hasOwn(commonFaults, code) && { status: commonFaults[code as CommonFault] }), // hasOwn just checked it.
      ...(members && { members }),
    })
}
