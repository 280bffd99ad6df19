// Goal: ACM's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: clients whose requests go to a pipeline in the same process, over a store in memory, with IAM's own users beside.
import { ACM } from '@aws-sdk/client-acm'
import { IAM } from '@aws-sdk/client-iam'
import type { AccountId, Arn } from '#core/arn.ts'
import { type CertificateWish, type Issued, makeCertificate } from '../../../test/certificates.ts'
import { found, newUser } from '../../../test/founded.ts'
import { type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { identities } from '../iam/identities.ts'
import { iamService } from '../iam/service.ts'
import { createAcmService } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits.
export const region = 'us-east-1'
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const dayMs = 86_400_000

/** A policy statement, as users write it. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface Rig {
  /** The administrator, in a region. */
  readonly admin: (region?: string) => ACM
  /** A user with an inline policy. */
  readonly user: (userName: string, ...statements: readonly PolicyStatement[]) => Promise<ACM>
  /** What serves with certificates, by their ARNs. */
  readonly listeners: Map<string, readonly Arn[]>
  readonly clock: Ground['clock']
  readonly store: Ground['store']
  readonly seal: Ground['seal']
}

/** An account with an administrator, and listeners that say which certificates they use. */
export async function rig(): Promise<Rig> {
  const ground = layGround(startMs)
  const { clock, store, seal } = ground
  const listeners = new Map<string, readonly Arn[]>()
  const acm = createAcmService({ usersOf: (_, arn) => listeners.get(arn) ?? [] })
  const { configuration } = inProcess(ground, { services: [iamService, acm], identities })
  const [admin] = await found(ground, [here])
  return {
    admin: (where = region) => new ACM(configuration(admin, where)),
    async user(UserName, ...Statement) {
      const credentials = await newUser(new IAM(configuration(admin)), UserName, Statement)
      return new ACM(configuration(credentials))
    },
    listeners,
    clock,
    store,
    seal,
  }
}

/** A certificate that is valid for a day around the rig's beginning. */
export function issue(wish: Partial<CertificateWish> = {}): Issued {
  const dates = { notBeforeMs: startMs - dayMs, notAfterMs: startMs + dayMs }
  return makeCertificate({ commonName: 'example.com', ...dates, ...wish })
}

/** What ImportCertificate takes. */
export function given(issued: Issued, ...chain: readonly Issued[]) {
  return {
    Certificate: Buffer.from(issued.certificate),
    PrivateKey: Buffer.from(issued.privateKey),
    ...(chain.length > 0 && {
      CertificateChain: Buffer.from(chain.map(({ certificate }) => certificate).join('')),
    }),
  }
}
