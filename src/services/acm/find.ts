import { type Arn, arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { Missing } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import type { CertificateDocument } from './documents.ts'
import { faults } from './faults.ts'

/** The certificate of an ARN in the caller's account and the call's region, or what to authorize in its place. */
export function findCertificate(
  call: Call & { readonly certificates: Table<CertificateDocument> },
  text: string,
): CertificateDocument | Missing {
  const parts = parseArn(text)
  const id = parts && certificateIdOf(parts.resource)
  if (!id || parts.service !== 'acm' || parts.partition !== call.partition) throw faults.invalidArn(text)
  const isHere = parts.account === call.account && parts.region === call.region
  const found = isHere ? call.certificates.get(id) : undefined
  return found ?? new Missing(arn(parts), faults.noSuchCertificate(text, call.account))
}

export function certificateArn({ partition, region, account }: Call, id: string): Arn {
  return arn({ partition, service: 'acm', region, account, resource: `certificate/${id}` })
}

/** The id in an ARN's resource part, or undefined where it names no certificate. */
export function certificateIdOf(resource: string): string | undefined {
  const prefix = 'certificate/'
  const id = resource.slice(prefix.length)
  return resource.startsWith(prefix) && /^[\w-]+$/.test(id) ? id : undefined
}
