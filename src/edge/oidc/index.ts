/** The authenticate-oidc action of load balancers: logins at a provider, sessions in cookies, statements for targets. */
export { type Authentication, createAuthentication, keysPath } from './create-authentication.ts'
export { isOidcHeader } from './identity-headers.ts'
export { AuthFailed, type AuthOutcome } from './outcome.ts'
