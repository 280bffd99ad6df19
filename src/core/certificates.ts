import type { Certificate } from './front-door.ts'
import type { Seal } from './seal/index.ts'
import type { Reader } from './store/index.ts'

/** Certificates that listeners show, of whatever service keeps them (ACM, IAM's server certificates), by ARN. */
export interface Certificates {
  /** Whether it is there, in the account and region (or global service) that its ARN names. */
  readonly exists: (reader: Reader, arn: string) => boolean
  /** With its private key, for the edge alone. */
  readonly open: (reader: Reader, seal: Seal, arn: string) => Certificate | undefined
}
