/** Front doors, from their configuration to where each request goes. Pure: no sockets, no timers. */
export { Configuration, type RemovedPart } from './configuration.ts'
export { sharedListener } from './entrances.ts'
