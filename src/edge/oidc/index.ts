/** The authenticate-oidc action of load balancers: logins at a provider, sessions in cookies, statements for targets. */
export {
  type Authentication,
  type AuthenticationOptions,
  type AuthPlace,
  createAuthentication,
  keysPath,
} from './create-authentication.ts'
export { isOidcHeader } from './identity-headers.ts'
export { AuthFailed, type AuthOutcome, type AuthReason } from './outcome.ts'
export type { ProviderAccess } from './provider-fetch.ts'
