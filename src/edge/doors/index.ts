/** Front doors, from their configuration to where each request goes. Pure: no sockets, no timers. */
export type { Authenticate, AuthPlace } from './authenticate.ts'
export { Configuration, type RemovedPart } from './configuration.ts'
export { cookieOf, SealedCookies } from './cookies.ts'
export { sharedListener } from './entrances.ts'
