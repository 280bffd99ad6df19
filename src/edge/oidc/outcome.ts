import type { EdgeAnswer, Header } from '../request.ts'

/**
 * Why an authentication failed, as access logs say it.
 * Source: Application Load Balancers User Guide, "Access logs", error reason codes.
 */
export type AuthReason =
  | 'AuthInvalidCookie'
  | 'AuthInvalidGrantError'
  | 'AuthInvalidIdToken'
  | 'AuthInvalidStateParam'
  | 'AuthInvalidTokenResponse'
  | 'AuthInvalidUserinfoResponse'
  | 'AuthMissingCodeParam'
  | 'AuthMissingHostHeader'
  | 'AuthMissingStateParam'
  | 'AuthTokenEpRequestFailed'
  | 'AuthTokenEpRequestTimeout'
  | 'AuthUnhandledException'
  | 'AuthUserinfoEpRequestFailed'
  | 'AuthUserinfoEpRequestTimeout'
  | 'AuthUserinfoResponseSizeExceeded'

/** What an authenticating action says of a request. */
export type AuthOutcome =
  | {
      readonly kind: 'pass'
      /** For the request as it is forwarded; the client's own fields of these names are removed in any case (`isOidcHeader`). */
      readonly requestHeaders: readonly Header[]
      /** For the answer: a session that was refreshed. */
      readonly answerHeaders: readonly Header[]
    }
  | {
      readonly kind: 'answer'
      readonly answer: EdgeAnswer
      readonly errorReason?: AuthReason | undefined
    }

/** Ends an authentication. Nothing but the door of this folder catches it. */
export class AuthFailed extends Error {
  readonly reason: AuthReason | undefined
  readonly statusCode: 401 | 500 | 561

  /** `detail` is for the operator's log alone. */
  constructor(statusCode: AuthFailed['statusCode'], reason: AuthReason | undefined, detail: string) {
    super(detail)
    this.statusCode = statusCode
    this.reason = reason
  }
}

/**
 * Source: Application Load Balancers User Guide, "Troubleshoot": 401 where the user is not let in, 500 where the provider is not
 * reached or not understood, 561 where it answered a login with an error.
 */
export function failureAnswer(statusCode: number): EdgeAnswer {
  const text = phrases[statusCode] ?? 'Internal Server Error'
  return {
    statusCode,
    headers: [
      ['Content-Type', 'text/html'],
      ['Cache-Control', 'no-store'],
    ],
    body: `<html>\r\n<head><title>${statusCode} ${text}</title></head>\r\n<body>\r\n<center><h1>${statusCode} ${text}</h1></center>\r\n</body>\r\n</html>\r\n`,
  }
}

const phrases: Readonly<Record<number, string>> = {
  401: 'Authorization Required',
  500: 'Internal Server Error',
  561: 'Authentication Error',
}
