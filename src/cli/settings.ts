import type { Principal } from './principal.ts'

/** How the server runs, as the command line and the environment say; plain data, so that it crosses to worker threads. */
export interface Settings {
  readonly host: string
  readonly port: number
  /** Where everything is kept. */
  readonly directory: string
  readonly partition: string
  /** Set with `--dev`: administrators with known credentials. */
  readonly dev: readonly Principal[] | undefined
}
