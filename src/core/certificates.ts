import { type Arn, parseArn } from './arn.ts'
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

/** Who serves with certificates: what the services that keep them ask before they delete one. */
export interface CertificateUses {
  /** The ARNs of what uses it (load balancers), sorted; empty where nothing does. */
  readonly usersOf: (reader: Reader, arn: Arn) => readonly Arn[]
}

/** Where nothing serves with certificates. */
export const noCertificateUses: CertificateUses = { usersOf: () => [] }

/** The certificates of several services as one, by the service that an ARN names. */
export function certificatesOf(services: Readonly<Record<string, Certificates>>): Certificates {
  const byService = new Map(Object.entries(services))
  const serviceOf = (arn: string) => byService.get(parseArn(arn)?.service ?? '')
  return {
    exists: (reader, arn) => serviceOf(arn)?.exists(reader, arn) ?? false,
    open: (reader, seal, arn) => serviceOf(arn)?.open(reader, seal, arn),
  }
}
