import { type Arn, parseArn } from './arn.ts'
import type { Certificate } from './front-door.ts'
import type { Seal } from './seal/index.ts'
import type { Reader } from './store/index.ts'
import type { CertificateFacts } from './x509/index.ts'

// What listeners ask of the services that keep certificates, and those of whoever uses them.

/** The certificates of every account, in whatever service they are. */
export interface Certificates {
  /** What is known of one; undefined where there is none of that ARN. Whether a caller may use it is not asked here. */
  readonly find: (reader: Reader, arn: string) => KnownCertificate | undefined
  /** All that a listener needs of one, its private key too. Faults: `SealBroken` where the root key is not its own. */
  readonly open: (reader: Reader, seal: Seal, arn: string) => Certificate | undefined
}

/** A certificate without its private key: what others may be told of it. */
export interface KnownCertificate {
  readonly arn: Arn
  readonly facts: CertificateFacts
}

/** Who serves with certificates. */
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
    find: (reader, arn) => serviceOf(arn)?.find(reader, arn),
    open: (reader, seal, arn) => serviceOf(arn)?.open(reader, seal, arn),
  }
}
