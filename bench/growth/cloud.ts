import assert from 'node:assert/strict'
import type { AccountId } from '#core/arn.ts'
import type { AuditTrail } from '#core/audit.ts'
import { noCertificateUses } from '#core/certificates.ts'
import type { Service } from '#core/service.ts'
import { identities } from '#services/iam/identities.ts'
import { createIamService } from '#services/iam/service.ts'
import { found } from '../../test/founded.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../test/in-process.ts'
import { kmsOn } from '../../test/kms-in-process.ts'
import { type SignedCall, signing } from '../http/requests.ts'

export const account = '111122223333' as AccountId // Twelve digits.
export const region = 'us-east-1'

/** A cloud in this process, and what asks it: signed requests go the whole way of a call, but no socket, no disk and no records. */
export interface Cloud {
  readonly ground: Ground
  readonly administrator: Credentials
  /** Asks once; throws where it is refused. */
  readonly ask: (credentials: Credentials, call: SignedCall) => Promise<string>
  /** What asks the same again and again, as it was signed once. */
  readonly asking: (credentials: Credentials, call: SignedCall) => () => unknown
}

/** Makes a cloud with IAM, KMS and the given services, and one account. */
export async function cloud(servicesOn: (ground: Ground) => readonly Service[] = () => []): Promise<Cloud> {
  const ground = layGround(Date.UTC(2026, 0, 2, 3, 4, 5))
  const { pipeline } = inProcess(ground, {
    services: [createIamService(noCertificateUses), kmsOn(ground, { strict: false }), ...servicesOn(ground)],
    identities,
    audit: noRecords,
    strict: false,
  })
  const [administrator] = await found(ground, [account])
  const requestOf = (credentials: Credentials, call: SignedCall): Parameters<typeof pipeline>[0] => {
    const signed = signing(80, call.service, credentials)(call, ground.clock.nowMs)
    return {
      ...signed,
      rawHeaders: Object.entries(signed.headers).flatMap(([name, value = '']) => [name, value]),
      sourceIp: '192.0.2.7',
      secureTransport: true,
    }
  }
  return {
    ground,
    administrator,
    async ask(credentials, call) {
      const { status, body } = await pipeline(requestOf(credentials, call))
      const text = Buffer.from(body).toString()
      assert.equal(status, 200, text)
      return text
    },
    asking(credentials, call) {
      const request = requestOf(credentials, call)
      return () => pipeline(request)
    },
  }
}

/** Records cost the same however many there are of anything. */
const noRecords: AuditTrail = {
  keeps: () => false,
  record: () => '',
  recordEvent: () => '',
  append: () => undefined,
  flush: () => undefined,
}
